import type {ExecHandler} from '../exec/call.ts';
import type {ApiObject} from '../store/object.ts';
import type {ContainerLog} from './container-log.ts';

/** What plays the node: brings pods to run, and ends them. */
export interface Kubelet {
  /** Aborted when the pod's containers end, or the cluster stops. */
  endOf(pod: ApiObject): AbortSignal;
  /** What an exec runs, unless the cluster's options say otherwise. */
  readonly exec?: ExecHandler;
  /** What a container wrote, or the one before it; undefined when there was none. */
  logOf?(pod: ApiObject, container: string, previous: boolean): ContainerLog | undefined;
  /** Ends everything that runs; nothing is left once it resolves. */
  stop(): Promise<void>;
}

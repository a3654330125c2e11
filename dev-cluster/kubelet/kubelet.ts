import type {ExecHandler} from '../exec/call.ts';
import type {ApiObject} from '../store/object.ts';
import type {ContainerLog} from './container-log.ts';

/** The node: runs pods, and ends them. */
export interface Kubelet {
  /** Aborted when the pod's containers end, or the cluster stops. */
  endOf(pod: ApiObject): AbortSignal;
  /** Handles execs, unless the cluster's options override it. */
  readonly exec?: ExecHandler;
  /** The log of a container, or of its previous run; undefined when there was none. */
  logOf?(pod: ApiObject, container: string, previous: boolean): ContainerLog | undefined;
  /** Ends everything that runs; resolves when nothing is left. */
  stop(): Promise<void>;
}

import type {ExecHandler} from './exec/call.ts';
import type {ProcessKubeletOptions} from './kubelet/process-kubelet.ts';
import type {ApiObject} from './store/object.ts';

export interface DevClusterOptions extends ProcessKubeletOptions {
  /** `process` runs containers as processes of this machine; `scripted`, the default, simulates them. */
  readonly kubelet?: 'scripted' | 'process';
  /** Plain HTTP, as behind `kubectl proxy`; HTTPS otherwise. */
  readonly http?: boolean;
  /**
   * Stores state, credentials and port here, and starts from what is there. An absolute path, not used by
   * another cluster at the same time. In memory otherwise.
   */
  readonly directory?: string;
  /** The namespace of the kubeconfig's context. Default: `default`. */
  readonly namespace?: string;
  /** A namespace must be created before use; otherwise it is created implicitly. */
  readonly strictNamespaces?: boolean;
  /** Handles execs. Default: processes of this machine. */
  readonly exec?: ExecHandler;
  /** For those processes: the directory a pod's commands run in, and additional variables. */
  readonly podEnvironment?: (pod: ApiObject) => {
    readonly directory?: string;
    readonly environment?: Readonly<Record<string, string>>;
  };
  /** Only speaks v4.channel.k8s.io, as servers before 1.30. */
  readonly oldServer?: boolean;
  /** Changes kept for watches and paging. Default: 10000. */
  readonly historyLimit?: number;
  /** The interval of a watch's bookmarks. Default: a minute. */
  readonly bookmarkMilliseconds?: number;
}

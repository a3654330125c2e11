import type {ExecHandler} from './exec/call.ts';
import type {ProcessKubeletOptions} from './kubelet/process-kubelet.ts';
import type {ApiObject} from './store/object.ts';

export interface DevClusterOptions extends ProcessKubeletOptions {
  /** `process` runs containers as processes of this machine; `scripted`, the default, only says so. */
  readonly kubelet?: 'scripted' | 'process';
  /** Plain http, as behind `kubectl proxy`; https otherwise. */
  readonly http?: boolean;
  /**
   * Keeps state, credentials and port here, and begins with what is there: absolute, and no other
   * cluster's at the same time. In memory otherwise.
   */
  readonly directory?: string;
  /** The namespace the kubeconfig's context names; `default` unless given. */
  readonly namespace?: string;
  /** A namespace must be created before something can be put into it; else it appears by itself. */
  readonly strictNamespaces?: boolean;
  /** What an exec runs; processes of this machine unless given. */
  readonly exec?: ExecHandler;
  /** For those processes: where a pod's commands run, and with which variables besides its own. */
  readonly podEnvironment?: (pod: ApiObject) => {
    readonly directory?: string;
    readonly environment?: Readonly<Record<string, string>>;
  };
  /** Speaks v4.channel.k8s.io only, as servers did before 1.30. */
  readonly oldServer?: boolean;
  /** Changes kept for watches and for paging; 10000 unless given. */
  readonly historyLimit?: number;
  /** Between two bookmarks of a watch; a minute unless given. */
  readonly bookmarkMilliseconds?: number;
}

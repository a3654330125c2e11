import type {StateDirectory} from '../sandbox/state-directory.ts';
import type {Store} from '../store/store.ts';
import type {Runtime} from './container-run.ts';

/** The node as its workers use it: the cluster's store, the state on disk, and the container runtime. */
export interface Node {
  readonly store: Store;
  readonly state: StateDirectory;
  readonly runtime: Runtime;
  readonly missingImages: RegExp;
}

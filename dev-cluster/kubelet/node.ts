import type {StateDirectory} from '../sandbox/state-directory.ts';
import type {Store} from '../store/store.ts';
import type {Runtime} from './container-run.ts';

/** What pods run on: this machine, its state, and what the cluster knows. */
export interface Node {
  readonly store: Store;
  readonly state: StateDirectory;
  readonly runtime: Runtime;
  readonly missingImages: RegExp;
}

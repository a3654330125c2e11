import type {Finding} from './finding.ts';
import type {Visit} from './visit.ts';

/** One link of the chain, or several that are seen by one look. */
export interface Link {
  /** The links it has something to say of, in order. */
  readonly names: readonly string[];
  /** Links without which there is nothing to look at. */
  readonly needs: readonly string[];
  /** Where to look when the check itself fails. */
  readonly todo: string;
  readonly check: (visit: Visit) => AsyncIterable<Finding>;
}

import type {Finding} from './finding.ts';
import type {DoctorContext} from './context.ts';

/** A check of one link of the chain, or of several at once. */
export interface Check {
  /** The links it reports on, in order. */
  readonly names: readonly string[];
  /** Links that must be intact, else the check is skipped. */
  readonly needs: readonly string[];
  /** Advice for when the check itself fails. */
  readonly todo: string;
  readonly run: (context: DoctorContext) => AsyncIterable<Finding>;
}

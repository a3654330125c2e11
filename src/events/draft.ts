import type {NewEvent} from './event.ts';
import {withSeq} from './event.ts';
import type {Pending} from './sequence.ts';
import {STAGED_VALUE} from './sequence.ts';

/** Longer events wait in an object of their own, so that the counter stays small. */
const LONGEST_INLINE_BYTES = 16 * 1024;

/** An event on its way into the log. */
export interface Draft {
  readonly id: string;
  /** As NewEvent has it. */
  readonly text: string;
  readonly isStaged: boolean;
}

/** The event as one call of `record` carries it. */
export function draftOf({text}: NewEvent, id: string): Draft {
  return {id, text, isStaged: Buffer.byteLength(text) > LONGEST_INLINE_BYTES};
}

/** What stands in the counter for this draft. */
export function pendingOf({id, text, isStaged}: Draft, number: number): Pending {
  return {number, id, value: isStaged ? STAGED_VALUE : withSeq(text, number)};
}

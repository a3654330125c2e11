import type {NewEvent} from './event.ts';
import {withSeq} from './event.ts';
import type {Pending} from './sequence.ts';
import {STAGED_VALUE} from './sequence.ts';

/** Longer events are staged in an object of their own, so that the counter stays small. */
const MAX_INLINE_BYTES = 16 * 1024;

/** An event that is not committed yet. */
export interface Draft {
  readonly id: string;
  /** As in NewEvent. */
  readonly text: string;
  readonly isStaged: boolean;
}

/** The draft of an event for one call of `record`. */
export function draftOf({text}: NewEvent, id: string): Draft {
  return {id, text, isStaged: Buffer.byteLength(text) > MAX_INLINE_BYTES};
}

/** The counter's entry for this draft. */
export function pendingOf({id, text, isStaged}: Draft, number: number): Pending {
  return {number, id, value: isStaged ? STAGED_VALUE : withSeq(text, number)};
}

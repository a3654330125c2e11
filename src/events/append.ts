import {DeadlineError, InterruptedError, KubeError} from '../errors.ts';
import type {ClaimState} from './claim.ts';
import {claimNumber} from './claim.ts';
import {eventObject, stagedObject} from './codec.ts';
import type {Draft} from './draft.ts';
import {draftOf} from './draft.ts';
import type {NewEvent} from './event.ts';
import {withSeq} from './event.ts';
import {createIfAbsent, deleteStaged} from './repair.ts';
import type {Store} from './store.ts';
import {highestNumber} from './store.ts';

/**
 * Appends the event to the log and returns its number once it is committed: from then on no crash can lose
 * it. Raises DeadlineError, with what is known of the last write, if time runs out first, and KubeError if
 * the API server refuses for good.
 */
export async function append(store: Store, event: NewEvent): Promise<number> {
  const draft = draftOf(event, store.clock.newId());
  if (draft.isStaged) await createIfAbsent(store, stagedObject(draft.id, draft.text));
  const claims: ClaimState = {
    materialized: new Set(),
    collided: new Set(),
    highest: 0,
    attempts: 0,
  };
  for (;;) {
    const number = await claimNumber(store, draft, claims);
    if (await fill(store, draft, number)) return number;
    // Another event has this number, because an old counter was restored: go above the highest one.
    claims.collided.add(number);
    claims.highest = Math.max(number, await highestNumber(store));
  }
}

/** Creates the object of the committed event; false when another event has its number. */
async function fill(store: Store, draft: Draft, number: number): Promise<boolean> {
  try {
    const object = eventObject(number, draft.id, withSeq(draft.text, number));
    const stored = await createIfAbsent(store, object);
    if (stored && stored.id !== draft.id) return false;
    if (draft.isStaged) await deleteStaged(store, draft.id);
  } catch (error) {
    // The event stays committed: the next writer, watcher or list creates its object.
    if (!isRequestFailure(error)) throw error;
  }
  return true;
}

function isRequestFailure(error: unknown): boolean {
  return [KubeError, DeadlineError, InterruptedError].some(kind => error instanceof kind);
}

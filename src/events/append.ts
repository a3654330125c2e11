import {DeadlineError, InterruptedError, KubeError} from '../errors.ts';
import type {Claims} from './claim.ts';
import {claimNumber} from './claim.ts';
import {eventObject, stagedObject} from './codec.ts';
import type {Draft} from './draft.ts';
import {draftOf} from './draft.ts';
import type {NewEvent} from './event.ts';
import {withSeq} from './event.ts';
import {settle, unstage} from './heal.ts';
import type {Store} from './store.ts';
import {highestNumber} from './store.ts';

/**
 * Appends the event and gives its number. Returns once the event is committed: whatever dies
 * afterwards, it will be there. Raises DeadlineError when the time was up before, and what the API
 * server said when it refuses for good; then nothing was recorded.
 */
export async function append(store: Store, event: NewEvent): Promise<number> {
  const draft = draftOf(event, store.clock.newId());
  if (draft.isStaged) await settle(store, stagedObject(draft.id, draft.text));
  const claims: Claims = {settled: new Set(), collided: new Set(), highest: 0, attempts: 0};
  for (;;) {
    const number = await claimNumber(store, draft, claims);
    if (await fill(store, draft, number)) return number;
    // Another event stands there: an old counter was put back. Go above all there is.
    claims.collided.add(number);
    claims.highest = Math.max(number, await highestNumber(store));
  }
}

/** Gives the committed event its object; false when another event has its number. */
async function fill(store: Store, draft: Draft, number: number): Promise<boolean> {
  try {
    const object = eventObject(number, draft.id, withSeq(draft.text, number));
    const stored = await settle(store, object);
    if (stored && stored.id !== draft.id) return false;
    if (draft.isStaged) await unstage(store, draft.id);
  } catch (error) {
    // It is committed and stays so; the next writer, watcher or list gives it its object.
    if (!isFailureOnTheWay(error)) throw error;
  }
  return true;
}

function isFailureOnTheWay(error: unknown): boolean {
  return [KubeError, DeadlineError, InterruptedError].some(kind => error instanceof kind);
}

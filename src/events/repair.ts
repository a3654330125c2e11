import {isKubeFailure} from '../errors.ts';
import type {ConfigMap} from '../kube/cluster.ts';
import type {Stored} from './codec.ts';
import {eventObject, readStored, stagedName, tombstoneObject} from './codec.ts';
import {withSeq} from './event.ts';
import type {Counter, Pending} from './sequence.ts';
import {isOutcomeUnknown, pauseAfter, readCounter, STAGED_VALUE} from './sequence.ts';
import type {Store} from './store.ts';
import {find, findStored, lowestNumber, inParallel} from './store.ts';

/**
 * Creates the object unless one with its name exists, and returns what is stored there now; undefined when
 * it was deleted in between. When two callers create it at once, the API server decides.
 */
export async function createIfAbsent(store: Store, object: ConfigMap): Promise<Stored | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return readStored(await store.configMaps.create(object));
    } catch (error) {
      if (isOutcomeUnknown(error)) {
        await pauseAfter(error, store, attempt);
        continue;
      }
      if (!isKubeFailure(error, 'exists')) throw error;
      const found = await find(store, object.metadata.name);
      // It may be gone again: pruned in between, or deleted by hand.
      return found && readStored(found);
    }
  }
}

/**
 * Creates the object of a pending event on behalf of its writer, and returns what is stored under the
 * number, if anything. `counter` is the one the pending was read from.
 */
export async function materialize(
  store: Store,
  counter: Counter,
  pending: Pending,
): Promise<Stored | undefined> {
  const found = await findStored(store, pending.number);
  if (found || pending.number < counter.floor) return found;
  if (await isBehind(store, counter)) return undefined;
  const text = await pendingText(store, pending);
  if (text === undefined) return findStored(store, pending.number);
  const stored = await createIfAbsent(store, eventObject(pending.number, pending.id, text));
  if (pending.value === STAGED_VALUE) await deleteStaged(store, pending.id);
  return stored;
}

/**
 * True when even the lowest event is above the counter's number. Pruning starts from below, so an old
 * copy of the counter must have been restored: its number and its pendings are invalid.
 */
export async function isBehind(store: Store, counter: Counter): Promise<boolean> {
  const lowest = await lowestNumber(store);
  return lowest !== undefined && lowest > counter.seq;
}

/**
 * The state of a number: `pruned` is below the floor, `unused` is above everything stored (an old counter
 * was restored), and `missing` may still be filled.
 */
export type Outcome = Stored | 'pruned' | 'unused' | 'missing';

/**
 * Finds the state of numbers without a known object, and completes the work of dead writers: pending
 * events get their objects and, with `fence`, abandoned numbers get tombstones. `above` is a number that
 * has an object, so all numbers below it were taken.
 */
export async function repairGaps(
  store: Store,
  numbers: readonly number[],
  {fence, above}: {fence: boolean; above: number},
): Promise<{outcomes: Map<number, Outcome>; seq: number}> {
  // Read the counter first: a number it covers without a pending is either filled already or belongs
  // to another provider's writer.
  const counter = await readCounter(store);
  const outcomes = await inParallel(numbers, async (number): Promise<Outcome> => {
    const pending = counter?.pendings.find(candidate => candidate.number === number);
    const found =
      counter && pending
        ? await materialize(store, counter, pending)
        : await findStored(store, number);
    if (found) return found;
    if (counter && number < counter.floor) return 'pruned';
    if (number > (counter?.seq ?? 0) && number > above) return 'unused';
    // A pending in a restored old counter may belong to an event that was pruned since.
    const mayFence = fence && !(counter && pending && (await isBehind(store, counter)));
    return (
      (mayFence ? await createIfAbsent(store, tombstoneObject(number)) : undefined) ?? 'missing'
    );
  });
  const byNumber = new Map(numbers.map((number, index) => [number, outcomes[index] ?? 'missing']));
  return {outcomes: byNumber, seq: counter?.seq ?? 0};
}

/** Deletes the staging object of a big event, once the event's own object exists. */
export async function deleteStaged(store: Store, id: string): Promise<void> {
  try {
    await store.configMaps.delete(stagedName(id));
  } catch (error) {
    // Another process deleted it, or pruning will; readers may lack permission to delete.
    const isLeft = isKubeFailure(error, 'notFound', 'forbidden') || isOutcomeUnknown(error);
    if (!isLeft) throw error;
  }
}

async function pendingText(store: Store, {number, id, value}: Pending) {
  if (value !== STAGED_VALUE) return value;
  const text = (await find(store, stagedName(id)))?.data?.event;
  return text === undefined ? undefined : withSeq(text, number);
}

import {isKubeFailure} from '../errors.ts';
import type {ConfigMap} from '../kube/cluster.ts';
import type {Stored} from './codec.ts';
import {eventObject, readStored, stagedName, voidObject} from './codec.ts';
import {withSeq} from './event.ts';
import type {Counter, Pending} from './sequence.ts';
import {isOutcomeUnknown, pauseAfter, readCounter, STAGED_VALUE} from './sequence.ts';
import type {Store} from './store.ts';
import {find, findStored, lowestNumber, inParallel} from './store.ts';

/**
 * Creates the object unless one of its name exists, and gives what is stored there then; undefined when it
 * was deleted in between. When two create it at once, the API server decides.
 */
export async function settle(store: Store, object: ConfigMap): Promise<Stored | undefined> {
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
      // Gone again: pruned in between, or deleted by hand.
      return found && readStored(found);
    }
  }
}

/**
 * Creates the object of a pending event in its writer's place, and gives what is stored under the number;
 * undefined for nothing. The counter is the one that the pending was read from.
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
  const stored = await settle(store, eventObject(pending.number, pending.id, text));
  if (pending.value === STAGED_VALUE) await unstage(store, pending.id);
  return stored;
}

/**
 * True when even the lowest event is above the counter's number. Pruning starts from below, so an old
 * counter must have been restored: neither its number nor its pendings count.
 */
export async function isBehind(store: Store, counter: Counter): Promise<boolean> {
  const lowest = await lowestNumber(store);
  return lowest !== undefined && lowest > counter.seq;
}

/**
 * What became of a number: `pruned` lies below the floor, `untaken` above all that is there (an old
 * counter was put back), and a `missing` one may still be filled.
 */
export type Outcome = Stored | 'pruned' | 'untaken' | 'missing';

/**
 * Finds out what became of numbers that no object is known for, and finishes what dead writers
 * began: pending events get their objects, and with `fence` the numbers nobody filled get voids.
 * `above`: a number that something stands under, so that all below it were taken.
 */
export async function heal(
  store: Store,
  numbers: readonly number[],
  {fence, above}: {fence: boolean; above: number},
): Promise<{outcomes: Map<number, Outcome>; seq: number}> {
  // The counter is read first: a number it knows, and has nothing pending for, is either filled
  // already or was never ours to fill.
  const counter = await readCounter(store);
  const outcomes = await inParallel(numbers, async (number): Promise<Outcome> => {
    const pending = counter?.pendings.find(candidate => candidate.number === number);
    const found =
      counter && pending
        ? await materialize(store, counter, pending)
        : await findStored(store, number);
    if (found) return found;
    if (counter && number < counter.floor) return 'pruned';
    if (number > (counter?.seq ?? 0) && number > above) return 'untaken';
    // A pending of an old counter that was put back may stand for what was pruned since.
    const mayFence = fence && !(counter && pending && (await isBehind(store, counter)));
    return (mayFence ? await settle(store, voidObject(number)) : undefined) ?? 'missing';
  });
  const byNumber = new Map(numbers.map((number, index) => [number, outcomes[index] ?? 'missing']));
  return {outcomes: byNumber, seq: counter?.seq ?? 0};
}

/** Deletes the object in which a big event waited, once the event's own object exists. */
export async function unstage(store: Store, id: string): Promise<void> {
  try {
    await store.configMaps.delete(stagedName(id));
  } catch (error) {
    // Another helper was first, or pruning will be; a reader need not be allowed to delete.
    const isLeft = isKubeFailure(error, 'notFound', 'forbidden') || isOutcomeUnknown(error);
    if (!isLeft) throw error;
  }
}

async function pendingText(store: Store, {number, id, value}: Pending) {
  if (value !== STAGED_VALUE) return value;
  const text = (await find(store, stagedName(id)))?.data?.event;
  return text === undefined ? undefined : withSeq(text, number);
}

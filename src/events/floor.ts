import {isKubeFailure} from '../errors.ts';
import {isBehind} from './repair.ts';
import type {Counter, Pending} from './sequence.ts';
import {isOutcomeUnknown, pauseAfter, readOrRebuildCounter, writeCounter} from './sequence.ts';
import type {Store} from './store.ts';

/** Raises the counter's floor to `wanted`, but not above a pending event; returns the resulting floor. */
export async function raiseFloor(store: Store, wanted: number): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    const counter = await readOrRebuildCounter(store);
    const blocking = counter.pendings.filter(({number}) => number < wanted);
    // The pendings of a restored old counter were filled and pruned long ago.
    const stale = blocking.length > 0 && (await isBehind(store, counter)) ? blocking : [];
    const floor = stale.length > 0 ? wanted : (blocking[0]?.number ?? wanted);
    if (floor <= counter.floor) return counter.floor;
    const failure = await writeFloor(store, counter, floor, stale);
    if (failure === undefined) return floor;
    await pauseAfter(failure, store, attempt);
  }
}

async function writeFloor(
  store: Store,
  counter: Counter,
  floor: number,
  stale: readonly Pending[],
): Promise<Error | undefined> {
  try {
    await writeCounter(store, counter, {floor, drop: pending => stale.includes(pending)});
    return undefined;
  } catch (error) {
    if (isKubeFailure(error, 'conflict', 'notFound') || isOutcomeUnknown(error)) return error;
    throw error;
  }
}

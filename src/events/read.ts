import type {Stored} from './codec.ts';
import {readStored} from './codec.ts';
import {readStoredEvent} from './event.ts';
import type {Filter} from './filter.ts';
import {matches, selectorOf} from './filter.ts';
import {isBehind, materialize} from './repair.ts';
import type {Counter, Pending} from './sequence.ts';
import {readCounter, STAGED_VALUE} from './sequence.ts';
import type {Store} from './store.ts';
import {findStored, highestNumber, inParallel, PAGE_SIZE} from './store.ts';

/** Up to this many numbers are fetched by name, without listing the log. */
export const MAX_FETCHED_BY_NAME = 128;

/** Events fetched before the first one is yielded: the number held in memory. */
const CHUNK = 32;

/**
 * The events that match the filter, each as one line of JSON, in ascending order: all that were recorded
 * before the call, including those whose writers died before creating the object. None is yielded while an
 * earlier one may still appear, so a caller that continues after the last number misses none.
 */
export async function* read(store: Store, filter: Filter): AsyncGenerator<string> {
  const counter = await readCounter(store);
  const range = {
    first: Math.max(filter.afterSeq + 1, counter?.floor ?? 0, 1),
    last: Math.min(filter.beforeSeq - 1, counter?.seq ?? Infinity),
  };
  const isNear = counter && (await isComplete(store, counter, filter, range));
  const numbered = isNear
    ? byName(store, counter, range)
    : byList(store, counter, filter, selectorOf(filter));
  let left = filter.limit;
  for await (const {number, event} of numbered) {
    if (number < range.first || number >= filter.beforeSeq) continue;
    if (!event || !matches(filter, event.fields)) continue;
    yield event.text;
    left -= 1;
    if (left <= 0) return;
  }
}

/** The highest number taken; without a counter, the highest event's number. */
export async function latestNumber(store: Store): Promise<number> {
  const counter = await readCounter(store);
  // A counter at 0 may have been recreated by hand although there are events.
  return (counter?.seq ?? 0) || highestNumber(store);
}

/** A range of numbers, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** The events of a short range of numbers, fetched by name, including pending ones. */
export async function* byName(store: Store, counter: Counter, {first, last}: Range) {
  for (let from = first; from <= last; from += CHUNK) {
    const length = Math.min(CHUNK, last - from + 1);
    const numbers = Array.from({length}, (_, index) => from + index);
    const found = await inParallel(numbers, number => findOrFill(store, counter, number));
    for (const stored of found) if (stored) yield stored;
  }
}

/** True when the range is short and certainly contains nothing above the counter's number. */
async function isComplete(store: Store, counter: Counter, filter: Filter, range: Range) {
  if (range.last - range.first >= MAX_FETCHED_BY_NAME) return false;
  // A range with an upper bound below the counter cannot include anything above it.
  return filter.beforeSeq - 1 <= counter.seq || isUpToDate(store, counter);
}

/** False when an old counter was restored, so that there are events above its number. */
export async function isUpToDate(store: Store, counter: Counter): Promise<boolean> {
  const pair = [counter.seq, counter.seq + 1];
  const [head, next] = await inParallel(pair, number => findStored(store, number));
  if (!head && (await isBehind(store, counter))) return false;
  if (!next) return true;
  // The next event may also have been recorded a moment ago.
  const fresh = await readCounter(store);
  return fresh !== undefined && fresh.seq >= next.number;
}

async function findOrFill(store: Store, counter: Counter, number: number) {
  const pending = counter.pendings.find(candidate => candidate.number === number);
  return pending ? materialize(store, counter, pending) : findStored(store, number);
}

/** What the selector finds, page by page, with pending events merged in by number. */
async function* byList(
  store: Store,
  counter: Counter | undefined,
  filter: Filter,
  labelSelector: string,
): AsyncGenerator<Stored> {
  const pendings = counter?.pendings.filter(pending => mayMatch(filter, pending)) ?? [];
  let behind = counter === undefined;
  for await (const page of store.configMaps.list({labelSelector, limit: PAGE_SIZE})) {
    for (const item of page.items) {
      const stored = readStored(item);
      if (!stored || stored.number >= filter.beforeSeq) continue;
      if (counter) yield* fillUpTo(store, counter, pendings, stored.number);
      if (counter && !behind && stored.number > counter.seq) {
        // Either recorded after the call, or an old counter was restored.
        const fresh = await readCounter(store);
        if (fresh && fresh.seq >= stored.number) return;
        behind = true;
      }
      yield stored;
    }
  }
  if (counter) yield* fillUpTo(store, counter, pendings, filter.beforeSeq);
}

/** Yields the pending events below the number, and drops the one at the number, which the list has. */
async function* fillUpTo(store: Store, counter: Counter, pendings: Pending[], number: number) {
  while (pendings[0] && pendings[0].number < number) {
    const [pending] = pendings.splice(0, 1);
    const stored = pending && (await materialize(store, counter, pending));
    if (stored) yield stored;
  }
  while (pendings[0]?.number === number) pendings.shift();
}

function mayMatch(filter: Filter, {number, value}: Pending): boolean {
  if (number <= filter.afterSeq || number >= filter.beforeSeq) return false;
  if (value === STAGED_VALUE) return true;
  const event = readStoredEvent(value, number);
  return event !== undefined && matches(filter, event.fields);
}

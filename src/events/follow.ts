import {isKubeFailure} from '../errors.ts';
import type {ConfigMap, WatchEvent} from '../kube/cluster.ts';
import {GapResolver} from './gap-resolver.ts';
import {NUMBERED, NUMBERED_AND_COUNTER, readStored} from './codec.ts';
import type {Stored} from './codec.ts';
import {raiseFloor} from './floor.ts';
import {byName, isUpToDate, MAX_FETCHED_BY_NAME} from './read.ts';
import type {Counter} from './sequence.ts';
import {isCounter, parseCounter, readCounter, readSnapshot} from './sequence.ts';
import type {Store} from './store.ts';
import {PAGE_SIZE} from './store.ts';
import {Window} from './window.ts';

/**
 * This many numbers below the lowest event are fenced one by one, because a late writer may still use one
 * of them; anything further down was pruned by another tool and goes below the floor.
 */
const MAX_FENCED = 32;

/**
 * Every retained event above the number, each as one line of JSON: in ascending order, each once, first
 * the existing ones and then new ones, endlessly. A number is skipped only when no event can use it any
 * more, so all watchers skip the same numbers.
 */
export async function* follow(store: Store, afterSeq: number): AsyncGenerator<string> {
  const window = new Window(afterSeq);
  for (;;) {
    const resourceVersion = yield* catchUp(store, window);
    try {
      yield* live(store, window, resourceVersion);
    } catch (error) {
      // 410: the server no longer has these changes. Read what was missed from the log.
      if (!isKubeFailure(error, 'gone')) throw error;
    }
  }
}

/** Yields the events that exist; returns the resourceVersion from which a watch misses nothing. */
async function* catchUp(store: Store, window: Window): AsyncGenerator<string, string> {
  const {counter, resourceVersion} = await readSnapshot(store);
  if (counter) {
    window.skipTo(counter.floor);
    window.mark(counter.seq, store.clock.nowMs());
    const isNear = counter.seq - window.position <= MAX_FETCHED_BY_NAME;
    if (isNear && (await isUpToDate(store, counter))) {
      const range = {first: window.position + 1, last: counter.seq};
      for await (const stored of byName(store, counter, range)) {
        window.add(stored, store.clock.nowMs());
        yield* window.drain();
      }
      return resourceVersion;
    }
  }
  const listed = yield* catchUpByList(store, window, counter);
  return listed ?? resourceVersion;
}

async function* catchUpByList(store: Store, window: Window, counter: Counter | undefined) {
  const resolver = new GapResolver(store, window);
  let resourceVersion: string | undefined;
  let isFirst = true;
  for await (const page of store.configMaps.list({labelSelector: NUMBERED, limit: PAGE_SIZE})) {
    resourceVersion = page.resourceVersion;
    for (const stored of page.items.flatMap(item => readStored(item) ?? [])) {
      if (isFirst) await skipPruned(store, window, counter, stored);
      isFirst = false;
      window.add(stored, store.clock.nowMs());
      yield* window.drain();
      while (window.position < stored.number) {
        const waitMs = await resolver.resolveDue();
        yield* window.drain();
        if (window.position < stored.number) await store.clock.sleep(waitMs);
      }
    }
  }
  // The watch does not report counter changes made while the list was read.
  const fresh = await readCounter(store);
  if (fresh) window.mark(fresh.seq, store.clock.nowMs());
  return resourceVersion;
}

/** Skips the numbers below the lowest event: they were pruned, by us or by another cleanup. */
async function skipPruned(
  store: Store,
  window: Window,
  counter: Counter | undefined,
  lowest: Stored,
) {
  const isOld = counter !== undefined && lowest.number > counter.seq;
  const wanted = isOld ? lowest.number : lowest.number - MAX_FENCED;
  if (wanted > window.position + 1) window.skipTo(await raiseFloor(store, wanted));
}

async function* live(store: Store, window: Window, resourceVersion: string) {
  const query = {labelSelector: NUMBERED_AND_COUNTER, resourceVersion};
  const changes = store.configMaps.watch(query)[Symbol.asyncIterator]();
  const resolver = new GapResolver(store, window);
  // Failures become values: one that arrives while a gap is resolved must not be an unhandled rejection.
  const take = () => changes.next().then(asChange, asError);
  let next = take();
  try {
    for (;;) {
      yield* window.drain();
      const waitMs = await resolver.resolveDue();
      yield* window.drain();
      const taken = await within(store, waitMs, next);
      if (!taken) continue;
      if ('error' in taken) throw taken.error;
      if (taken.change.done) return;
      applyChange(window, taken.change.value, store.clock.nowMs());
      next = take();
    }
  } finally {
    // Not awaited: an iterator waiting for the next change returns only after it.
    void changes.return?.().then(asChange, asError);
  }
}

const asChange = <T>(change: T) => ({change});
const asError = (error: unknown) => ({error});

function applyChange(window: Window, change: WatchEvent<ConfigMap>, nowMs: number): void {
  if (change.type === 'BOOKMARK' || change.type === 'DELETED') return;
  if (isCounter(change.object)) window.mark(parseCounter(change.object).seq, nowMs);
  const stored = readStored(change.object);
  if (stored) window.add(stored, nowMs);
}

/** The promise's value, or undefined on timeout. */
async function within<T>(store: Store, waitMs: number, promise: Promise<T>) {
  if (waitMs === Infinity) return promise;
  const isSettled = new AbortController();
  try {
    const timeout = store.clock.sleep(waitMs, isSettled.signal).then(() => undefined);
    return await Promise.race([promise, timeout]);
  } finally {
    isSettled.abort();
  }
}

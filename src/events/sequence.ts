import {DeadlineError, isKubeFailure, KubeError} from '../errors.ts';
import type {ConfigMap, Page} from '../kube/cluster.ts';
import {componentLabels, padded} from './codec.ts';
import type {Store} from './store.ts';
import {find, highestNumber} from './store.ts';

const COUNTER_NAME = 'gc-events-seq';

const PENDING_KEY = /^pending\.(\d{10,15})\.([a-z0-9]+)$/;

/** What `value` of a pending says when the event waits in an object of its own. */
export const STAGED_VALUE = 'staged';

/** A number that is taken by an event whose own object is not known to be there yet. */
export interface Pending {
  readonly number: number;
  /** Of the record it belongs to. */
  readonly id: string;
  /** The event's JSON, or `staged`. */
  readonly value: string;
}

/** The counter as it was read; `object` is what a conditional write replaces. */
export interface Counter {
  /**
   * The highest number taken, as far as the object knows: `data.seq`, or more when somebody put that
   * back and a pending or the floor gives it away; 0 when the text is no number.
   */
  readonly seq: number;
  /** Events below this number are pruned, be their objects gone already or not. */
  readonly floor: number;
  readonly pendings: readonly Pending[];
  readonly object: ConfigMap;
}

/** How a conditional write changes the counter. */
export interface CounterChange {
  readonly seq?: number;
  readonly floor?: number;
  readonly add?: Pending;
  /** Pendings whose numbers are filled. */
  readonly drop?: (pending: Pending) => boolean;
}

/** Where reading starts: the counter, and a resourceVersion that is as new as a read can be. */
export interface Snapshot {
  readonly counter: Counter | undefined;
  readonly resourceVersion: string;
}

/** The counter, or undefined when there is none. */
export async function readCounter(store: Store): Promise<Counter | undefined> {
  const object = await find(store, COUNTER_NAME);
  return object && parseCounter(object);
}

/**
 * The counter and the resourceVersion of the whole collection, in one request. The counter's own
 * resourceVersion is as old as its last change, and a watch from there is refused in a quiet city.
 */
export async function readSnapshot(store: Store): Promise<Snapshot> {
  const query = {fieldSelector: `metadata.name=${COUNTER_NAME}`};
  const pages: Page<ConfigMap>[] = [];
  for await (const page of store.configMaps.list(query)) pages.push(page);
  const object = pages.flatMap(page => page.items)[0];
  return {
    counter: object && parseCounter(object),
    resourceVersion: pages[0]?.resourceVersion ?? '',
  };
}

/** The counter; made anew from the highest event when it is gone, so that no number comes twice. */
export async function readOrRebuildCounter(store: Store): Promise<Counter> {
  for (let attempt = 0; ; attempt += 1) {
    const counter = await readCounter(store);
    if (counter) return counter;
    const seq = String(await highestNumber(store));
    try {
      const labels = componentLabels('event-seq');
      const metadata = {name: COUNTER_NAME, labels};
      const object = {apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {seq}};
      return parseCounter(await store.configMaps.create(object));
    } catch (error) {
      // Somebody else made it, or the answer was lost: look again.
      if (isOutcomeUnknown(error)) await pauseAfter(error, store, attempt);
      else if (!isKubeFailure(error, 'exists')) throw error;
    }
  }
}

/** Writes the change if the counter is still as it was read; else raises `conflict` or `notFound`. */
export async function writeCounter(
  store: Store,
  counter: Counter,
  change: CounterChange,
): Promise<Counter> {
  return parseCounter(await store.configMaps.replace(changedObject(counter, change)));
}

/** Reads what the log knows of a counter object; never raises, for anyone may have edited it. */
export function parseCounter(object: ConfigMap): Counter {
  const data = object.data ?? {};
  const pendings = Object.entries(data).flatMap(([key, value]): Pending[] => {
    const [, number, id] = PENDING_KEY.exec(key) ?? [];
    return number && id ? [{number: Number(number), id, value}] : [];
  });
  pendings.sort((first, second) => first.number - second.number);
  const floor = wholeNumber(data.floor);
  const seq = Math.max(wholeNumber(data.seq), floor - 1, pendings.at(-1)?.number ?? 0);
  return {seq, floor, pendings, object};
}

/** True for a counter's object, as a watch reports it. */
export function isCounter(object: ConfigMap): boolean {
  return object.metadata.name === COUNTER_NAME;
}

/** True when a write may have taken effect although it failed. */
export function isOutcomeUnknown(error: unknown): error is KubeError {
  return error instanceof KubeError && error.outcomeUnknown;
}

/**
 * Waits before another try of a write that failed, which `attempt` counts from 0. Raises its failure once
 * the time is up.
 */
export async function pauseAfter(failure: unknown, {clock}: Store, attempt: number): Promise<void> {
  try {
    await clock.sleep(50 * 2 ** Math.min(attempt, 5));
  } catch (error) {
    throw error instanceof DeadlineError ? failure : error;
  }
}

function changedObject(counter: Counter, change: CounterChange): ConfigMap {
  const {add, drop} = change;
  const dropped = new Set(drop && counter.pendings.filter(drop).map(keyOf));
  const kept = Object.entries(counter.object.data ?? {}).filter(([key]) => !dropped.has(key));
  const data: Record<string, string> = Object.fromEntries(kept);
  if (change.seq !== undefined) data.seq = String(change.seq);
  if (change.floor !== undefined) data.floor = String(change.floor);
  if (add) data[keyOf(add)] = add.value;
  const {metadata} = counter.object;
  // The server keeps its notes on who owns which field by itself; sent back, they only cost.
  const own = Object.entries(metadata).filter(([name]) => name !== 'managedFields');
  const labels = {...metadata.labels, ...componentLabels('event-seq')};
  return {
    ...counter.object,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {...Object.fromEntries(own), name: metadata.name, labels},
    data,
  };
}

function keyOf({number, id}: Pending): string {
  return `pending.${padded(number)}.${id}`;
}

function wholeNumber(text: string | undefined): number {
  const digits = text?.trim() ?? '';
  return /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
}

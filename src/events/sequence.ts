import {DeadlineError, isKubeFailure, KubeError} from '../errors.ts';
import type {ConfigMap, Page} from '../kube/cluster.ts';
import {componentLabels, padded} from './codec.ts';
import type {Store} from './store.ts';
import {find, highestNumber} from './store.ts';

const COUNTER_NAME = 'gc-events-seq';

const PENDING_KEY = /^pending\.(\d{10,15})\.([a-z0-9]+)$/;

/** The `value` of a pending whose event is in a staging object of its own. */
export const STAGED_VALUE = 'staged';

/** A number taken by an event whose own object may not exist yet. */
export interface Pending {
  readonly number: number;
  /** The id of the `record` call it belongs to. */
  readonly id: string;
  /** The event's JSON, or `staged`. */
  readonly value: string;
}

/** The counter as it was read; `object` is the ConfigMap that a conditional write replaces. */
export interface Counter {
  /**
   * The highest number taken according to the object: `data.seq`, or more if a pending or the floor shows
   * that `data.seq` was set back; 0 when the text is not a number.
   */
  readonly seq: number;
  /** The low-water mark: events below this number count as pruned even while their objects exist. */
  readonly floor: number;
  readonly pendings: readonly Pending[];
  readonly object: ConfigMap;
}

/** How a conditional write changes the counter. */
export interface CounterChange {
  readonly seq?: number;
  readonly floor?: number;
  readonly add?: Pending;
  /** Selects the pendings to remove: those whose objects exist. */
  readonly drop?: (pending: Pending) => boolean;
}

/** Where reading starts: the counter, and the current resourceVersion of the whole collection. */
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

/** The counter; recreated from the highest event when it is gone, so that no number is used twice. */
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
      // Another process created it, or the response was lost: read it again.
      if (isOutcomeUnknown(error)) await pauseAfter(error, store, attempt);
      else if (!isKubeFailure(error, 'exists')) throw error;
    }
  }
}

/** Writes the change if the counter is unchanged since it was read; else raises `conflict` or `notFound`. */
export async function writeCounter(
  store: Store,
  counter: Counter,
  change: CounterChange,
): Promise<Counter> {
  return parseCounter(await store.configMaps.replace(changedObject(counter, change)));
}

/** Parses a counter object; never raises, because it may have been edited by hand. */
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

/** True if the object, from a watch for example, is the counter. */
export function isCounter(object: ConfigMap): boolean {
  return object.metadata.name === COUNTER_NAME;
}

/** True when a write may have taken effect although it failed. */
export function isOutcomeUnknown(error: unknown): error is KubeError {
  return error instanceof KubeError && error.outcomeUnknown;
}

/** Waits before retrying a failed write; `attempt` counts from 0. Raises `failure` once time is up. */
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
  // The server maintains managedFields itself; sending them back only costs bandwidth.
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

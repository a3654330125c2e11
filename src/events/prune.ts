import {UsageError, isKubeFailure} from '../errors.ts';
import type {ObjectMeta} from '../kube/cluster.ts';
import {NUMBERED, numberOf, STAGED, stagedName} from './codec.ts';
import {raiseFloor} from './floor.ts';
import {isOutcomeUnknown, pauseAfter, readCounter} from './sequence.ts';
import type {Store} from './store.ts';
import {inParallel, PAGE_SIZE} from './store.ts';

/** What to keep; an event is deleted when either limit says so. */
export interface Retention {
  readonly olderThanMs?: number;
  /** The number of newest events to keep. */
  readonly keep?: number;
  /** Milliseconds since 1970, as close to the API server's clock as possible. */
  readonly nowMs: number;
  /** Younger events always stay: a watcher may not have read them yet. Default: 60 s. */
  readonly minAgeMs?: number;
}

export interface Pruned {
  /** The lowest number kept. */
  readonly floor: number;
  readonly deleted: number;
}

const MIN_AGE_MS = 60_000;

/** A staged event without a pending is deleted after this time: its writer is long dead. */
const STAGED_TTL_MS = 3_600_000;

interface Numbered {
  readonly name: string;
  readonly number: number;
  readonly isEvent: boolean;
  readonly createdMs: number;
}

/**
 * Deletes the oldest events. The counter's floor is raised first, so that all readers skip the same
 * numbers, deleted yet or not. The newest object always stays, because a lost counter is rebuilt from it,
 * and so does everything from the first pending event on.
 */
export async function prune(store: Store, retention: Retention): Promise<Pruned> {
  const {keep = 0, olderThanMs = 0} = retention;
  if (!Number.isInteger(keep) || keep < 0 || !(olderThanMs >= 0)) {
    throw new UsageError('prune: "keep" must be a whole number and the age 0 or more');
  }
  // The order matters: anything pending in a counter read after the list was pending during the list, too.
  const numbered = await listNumbered(store);
  const wanted = wantedFloor(numbered, retention);
  const floor = await raiseFloor(store, wanted);
  const doomed = numbered.filter(({number}) => number < floor).map(({name}) => name);
  const staged = await orphans(store, retention.nowMs);
  const gone = await inParallel([...doomed, ...staged], name => remove(store, name));
  return {floor, deleted: gone.slice(0, doomed.length).filter(Boolean).length};
}

/** What `prune` would do now, without changing anything. */
export async function dryRunPrune(store: Store, retention: Retention): Promise<Pruned> {
  const numbered = await listNumbered(store);
  const floor = wantedFloor(numbered, retention);
  return {floor, deleted: numbered.filter(({number}) => number < floor).length};
}

/** The number of the first event to keep. */
function wantedFloor(numbered: readonly Numbered[], retention: Retention): number {
  const {olderThanMs, keep, nowMs, minAgeMs = MIN_AGE_MS} = retention;
  let left = numbered.filter(({isEvent}) => isEvent).length;
  for (const [index, {number, isEvent, createdMs}] of numbered.entries()) {
    const age = nowMs - createdMs;
    const isDue =
      (olderThanMs !== undefined && age > olderThanMs) || (keep !== undefined && left > keep);
    const isLast = index === numbered.length - 1;
    if (!isDue || age < minAgeMs || isLast) return number;
    if (isEvent) left -= 1;
  }
  return 0;
}

async function listNumbered(store: Store): Promise<Numbered[]> {
  const query = {labelSelector: NUMBERED, limit: 2 * PAGE_SIZE, metadataOnly: true};
  const all: Numbered[] = [];
  for await (const page of store.configMaps.list(query)) {
    for (const {metadata} of page.items) {
      const number = numberOf(metadata.name);
      const isEvent = metadata.labels?.['gc/component'] === 'event';
      if (number !== undefined) {
        all.push({name: metadata.name, number, isEvent, createdMs: createdMs(metadata)});
      }
    }
  }
  return all;
}

async function orphans(store: Store, nowMs: number): Promise<string[]> {
  const old: string[] = [];
  const query = {labelSelector: STAGED, limit: 2 * PAGE_SIZE, metadataOnly: true};
  for await (const page of store.configMaps.list(query)) {
    for (const {metadata} of page.items) {
      if (nowMs - createdMs(metadata) > STAGED_TTL_MS) old.push(metadata.name);
    }
  }
  if (old.length === 0) return old;
  const counter = await readCounter(store);
  const used = new Set(counter?.pendings.map(({id}) => stagedName(id)));
  return old.filter(name => !used.has(name));
}

function createdMs({creationTimestamp}: ObjectMeta): number {
  return creationTimestamp === undefined ? Infinity : Date.parse(creationTimestamp);
}

/** Deletes the object; false when there was none. */
async function remove(store: Store, name: string): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await store.configMaps.delete(name);
      return true;
    } catch (error) {
      if (isKubeFailure(error, 'notFound')) return false;
      if (!isOutcomeUnknown(error)) throw error;
      await pauseAfter(error, store, attempt);
    }
  }
}

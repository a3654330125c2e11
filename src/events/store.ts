import {isKubeFailure} from '../errors.ts';
import type {ConfigMap, Page, Resources} from '../kube/cluster.ts';
import {atMost} from '../time/at-most.ts';
import type {Clock} from './clock.ts';
import type {Stored} from './codec.ts';
import {eventName, NUMBERED, numberOf, readStored} from './codec.ts';
import type {TakeTurn} from './turn.ts';

/** Where the log is kept, and the time by which it waits. */
export interface Store {
  readonly configMaps: Resources<ConfigMap>;
  readonly clock: Clock;
  /** How writers of one machine take turns; absent: each tries when it likes. */
  readonly takeTurn?: TakeTurn;
  /** The same place for a few seconds more, to find out what became of a write when the time is up. */
  readonly lastLook?: Pick<Store, 'configMaps' | 'clock'>;
}

/** Requests under way at once; more would only queue up at the API server. */
const IN_PARALLEL = 8;

/** The objects of one request; every event may be as long as it likes, so not too many. */
export const PAGE_SIZE = 250;

/** The object of this name, or undefined. */
export async function find(store: Store, name: string): Promise<ConfigMap | undefined> {
  try {
    return await store.configMaps.get(name);
  } catch (error) {
    if (isKubeFailure(error, 'notFound')) return undefined;
    throw error;
  }
}

/** What stands under this number now. */
export async function findStored(store: Store, number: number): Promise<Stored | undefined> {
  const configMap = await find(store, eventName(number));
  return configMap && readStored(configMap);
}

/** The lowest number that something stands under: below it, all was pruned or never filled. */
export async function lowestNumber(store: Store): Promise<number | undefined> {
  const query = {labelSelector: NUMBERED, limit: 1, metadataOnly: true};
  for await (const page of store.configMaps.list(query)) {
    const number = numbersOf(page)[0];
    if (number !== undefined) return number;
  }
  return undefined;
}

/** The highest number that something stands under, 0 for an empty log. Reads all names, so is not cheap. */
export async function highestNumber(store: Store): Promise<number> {
  const query = {labelSelector: NUMBERED, limit: 5 * PAGE_SIZE, metadataOnly: true};
  let highest = 0;
  for await (const page of store.configMaps.list(query)) {
    for (const number of numbersOf(page)) highest = Math.max(highest, number);
  }
  return highest;
}

function numbersOf(page: Page<ConfigMap>): number[] {
  return page.items.flatMap(({metadata}) => numberOf(metadata.name) ?? []);
}

/** Does the same to each item, a few at a time; gives the results in the order of the items. */
export function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return atMost(IN_PARALLEL, items, work);
}

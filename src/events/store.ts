import {isKubeFailure} from '../errors.ts';
import type {ConfigMap, Page, Resources} from '../kube/cluster.ts';
import {atMost} from '../time/at-most.ts';
import type {Clock} from './clock.ts';
import type {Stored} from './codec.ts';
import {eventName, NUMBERED, numberOf, readStored} from './codec.ts';
import type {AcquireLock} from './advisory-lock.ts';

/** The storage and the clock that the event log works with. */
export interface Store {
  readonly configMaps: Resources<ConfigMap>;
  readonly clock: Clock;
  /** Serializes the writers of one machine; absent: they compete. */
  readonly acquireLock?: AcquireLock;
  /** The same storage with a few more seconds, to check the outcome of a write after the deadline. */
  readonly afterDeadline?: Pick<Store, 'configMaps' | 'clock'>;
}

/** More concurrent requests would only queue up at the API server. */
const MAX_CONCURRENT_REQUESTS = 8;

/** Objects per list request; events can be large, so not too many. */
export const PAGE_SIZE = 250;

/** The object with this name, or undefined. */
export async function find(store: Store, name: string): Promise<ConfigMap | undefined> {
  try {
    return await store.configMaps.get(name);
  } catch (error) {
    if (isKubeFailure(error, 'notFound')) return undefined;
    throw error;
  }
}

/** What is stored under this number now. */
export async function findStored(store: Store, number: number): Promise<Stored | undefined> {
  const configMap = await find(store, eventName(number));
  return configMap && readStored(configMap);
}

/** The lowest number with an object: everything below was pruned or never filled. */
export async function lowestNumber(store: Store): Promise<number | undefined> {
  const query = {labelSelector: NUMBERED, limit: 1, metadataOnly: true};
  for await (const page of store.configMaps.list(query)) {
    const number = numbersOf(page)[0];
    if (number !== undefined) return number;
  }
  return undefined;
}

/** The highest number with an object, 0 for an empty log. Lists all names, so it is not cheap. */
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

/** Maps the items with limited concurrency; results are in the order of the items. */
export function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return atMost(MAX_CONCURRENT_REQUESTS, items, work);
}

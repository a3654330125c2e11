import {isKubeFailure} from '../errors.ts';
import type {Cluster, ConfigMap} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {recordName} from './record.ts';
import type {Run} from './run.ts';
import {ZERO_TOTALS, type Totals, withRun} from './totals.ts';

/** The ConfigMap that counts runs with pruned records, so that no counter ever falls. */
const NAME = 'gc-run-totals';

/** Records counted and deleted per step; limited because their ids are stored in the ConfigMap. */
const BATCH = 200;

export interface StoredTotals {
  readonly totals: Totals;
  /** Ids of runs that are counted although their records may still exist. */
  readonly counted: ReadonlySet<string>;
}

export async function readTotals(cluster: Cluster): Promise<StoredTotals> {
  return parsed(await absentAsUndefined(cluster.configMaps.get(NAME)));
}

/**
 * Deletes the records of these runs and counts them in the totals, each exactly once even after a crash:
 * the totals first store the ids they count, then the records are deleted. Raises KubeError.
 */
export async function foldRecords(cluster: Cluster, runs: readonly Run[]): Promise<void> {
  // Records that an earlier prune counted but did not delete.
  let done = [...(await readTotals(cluster)).counted];
  await deleteAll(cluster, done);
  for (let at = 0; at < runs.length; at += BATCH) {
    const batch = runs.slice(at, at + BATCH);
    await count(cluster, {batch, done});
    done = batch.map(({id}) => id);
    await deleteAll(cluster, done);
  }
  if (done.length > 0) await count(cluster, {batch: [], done});
}

/** Adds a batch to the totals; `done` are counted runs whose records are certainly deleted. */
async function count(
  cluster: Cluster,
  {batch, done}: {batch: readonly Run[]; done: readonly string[]},
): Promise<void> {
  for (;;) {
    const stored = await absentAsUndefined(cluster.configMaps.get(NAME));
    const {totals, counted} = parsed(stored);
    // A concurrent prune may have counted some of these already.
    const uncounted = batch.filter(({id}) => !counted.has(id));
    const waiting = [...counted].filter(id => !done.includes(id));
    const now = {
      version: 1,
      ...uncounted.reduce(withRun, totals),
      counted: [...new Set([...waiting, ...batch.map(({id}) => id)])],
    };
    const data = {totals: JSON.stringify(now)};
    try {
      if (stored) await cluster.configMaps.replace({...stored, data});
      else {
        const labels = {'gc/component': 'run-totals'};
        await cluster.configMaps.create(Object.assign({metadata: {name: NAME, labels}}, {data}));
      }
      return;
    } catch (error) {
      if (!isKubeFailure(error, 'exists', 'conflict', 'notFound')) throw error;
    }
  }
}

async function deleteAll(cluster: Cluster, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    try {
      await cluster.configMaps.delete(recordName(id));
    } catch (error) {
      if (!isKubeFailure(error, 'notFound')) throw error;
    }
  }
}

function parsed(stored: ConfigMap | undefined): StoredTotals {
  if (!stored) return {totals: ZERO_TOTALS, counted: new Set()};
  const {byState, errors, counted} = JSON.parse(stored.data?.totals ?? '{}') as Partial<
    Totals & {counted: string[]}
  >;
  return {
    totals: {byState: {...ZERO_TOTALS.byState, ...byState}, errors: errors ?? {}},
    counted: new Set(counted),
  };
}

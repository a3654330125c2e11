import {isKubeFailure} from '../errors.ts';
import type {Cluster, ConfigMap} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {recordName} from './record.ts';
import type {Run} from './run.ts';
import {NOTHING, type Totals, withRun} from './totals.ts';

/** Counts of the runs whose records were pruned, so that no counter ever falls. */
const NAME = 'gc-run-totals';

/** Records counted and deleted in one step: their ids have to fit the object. */
const BATCH = 200;

export interface StoredTotals {
  readonly totals: Totals;
  /** Ids of runs that are counted already although their records may still be there. */
  readonly counted: ReadonlySet<string>;
}

export async function readTotals(cluster: Cluster): Promise<StoredTotals> {
  return parsed(await absentAsUndefined(cluster.configMaps.get(NAME)));
}

/**
 * Deletes the records of these runs and counts them in the totals, each exactly once whatever dies
 * in between: the totals say first whom they count, then the records go. Raises KubeError.
 */
export async function foldRecords(cluster: Cluster, runs: readonly Run[]): Promise<void> {
  // What an earlier prune counted and could not delete any more.
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

/** Adds a batch to the totals; `done` are counted runs whose records are gone for sure. */
async function count(
  cluster: Cluster,
  {batch, done}: {batch: readonly Run[]; done: readonly string[]},
): Promise<void> {
  for (;;) {
    const stored = await absentAsUndefined(cluster.configMaps.get(NAME));
    const {totals, counted} = parsed(stored);
    // Another prune is at these: its records are counted already.
    const news = batch.filter(({id}) => !counted.has(id));
    const waiting = [...counted].filter(id => !done.includes(id));
    const now = {
      version: 1,
      ...news.reduce(withRun, totals),
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
  if (!stored) return {totals: NOTHING, counted: new Set()};
  const {byState, errors, counted} = JSON.parse(stored.data?.totals ?? '{}') as Partial<
    Totals & {counted: string[]}
  >;
  return {
    totals: {byState: {...NOTHING.byState, ...byState}, errors: errors ?? {}},
    counted: new Set(counted),
  };
}

import {isKubeFailure} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {LABEL} from '../pod/labels.ts';
import {labelForm} from '../pod/names.ts';
import {RECORD_SELECTOR, runOfRecord} from './record.ts';
import {isOver, type Run} from './run.ts';
import {runOfVanished} from './vanished.ts';

/**
 * The newest run of a session whose pod is gone, by its record; one whose end nobody saw ends as the
 * cluster's events tell. Undefined when no record tells of one, or when this account may not read
 * records. Nothing is written.
 */
export async function lastRunOf(cluster: Cluster, session: string): Promise<Run | undefined> {
  const labelSelector = `${RECORD_SELECTOR},${LABEL.session}=${labelForm(session)}`;
  const runs: Run[] = [];
  try {
    for await (const page of cluster.configMaps.list({labelSelector})) {
      runs.push(...page.items.flatMap(record => runOfRecord(record) ?? []));
    }
  } catch (error) {
    if (!isKubeFailure(error, 'forbidden')) throw error;
  }
  // Labels are cut, names are not.
  const own = runs.filter(run => run.session === session);
  const last = own.toSorted((one, other) => timeOf(one) - timeOf(other)).at(-1);
  return last === undefined || isOver(last.state) ? last : runOfVanished(cluster, last);
}

/** A start that failed before there was a pod has no creation, but an end. */
function timeOf({createdAt, endedAt}: Run): number {
  return Date.parse(createdAt ?? endedAt ?? '') || 0;
}

import {isKubeFailure} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {LABEL} from '../pod/labels.ts';
import {labelForm} from '../pod/names.ts';
import {RECORD_SELECTOR, runOfRecord} from './record.ts';
import {isOver, type Run} from './run.ts';
import {inferEnd} from './infer-end.ts';

/**
 * The newest recorded run of a session without a pod; an unrecorded end is inferred from the cluster's
 * events. Undefined without a record, or without permission to read records. Writes nothing.
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
  // Labels are truncated, names are not.
  const own = runs.filter(run => run.session === session);
  const last = own.toSorted((one, other) => timeOf(one) - timeOf(other)).at(-1);
  return last === undefined || isOver(last.state) ? last : inferEnd(cluster, last);
}

/** A start that failed before it had a pod has an end but no creation time. */
function timeOf({createdAt, endedAt}: Run): number {
  return Date.parse(createdAt ?? endedAt ?? '') || 0;
}

import type {Cluster, Pod} from '../kube/cluster.ts';
import {deletePod} from '../pod/delete.ts';
import {ANNOTATION} from '../pod/labels.ts';
import {atMost} from '../time/at-most.ts';
import {saveRecord} from './record.ts';
import {isOver, type Run} from './run.ts';
import {isKept} from './stop-recorded.ts';
import type {KnownRun} from './list-runs.ts';
import {foldRecords} from './totals-store.ts';
import {addArtifacts} from './add-artifacts.ts';

/**
 * The minimum age of a pruned pod: its log is for whoever started it, and gc may restart the session soon,
 * and that start shows the old run's last lines.
 */
const MIN_AGE_MS = 10 * 60_000;

const DELETES_AT_ONCE = 4;

export interface PruneLimits {
  /** Older runs are deleted; 0: no age limit. */
  readonly ageMs: number;
  /** The number of newest runs to keep; 0: no limit. */
  readonly count: number;
  /** Pods that are not kept are deleted at this age; by default ten minutes. */
  readonly minAgeMs?: number;
  readonly nowMs: number;
}

/** What to delete according to the retention policy. */
export interface PrunePlan {
  readonly pods: readonly {readonly run: Run; readonly pod: Pod}[];
  readonly records: readonly Run[];
}

/** Decides what to delete. Pure; expects runs with reconciled records. */
export function planPrune(runs: readonly KnownRun[], limits: PruneLimits): PrunePlan {
  const {minAgeMs = MIN_AGE_MS} = limits;
  const over = runs
    .filter(({run}) => isOver(run.state))
    .toSorted((a, b) => endMs(b.run) - endMs(a.run));
  const withPod = over.flatMap(({run, pod}) => (pod && isOurs(pod) ? [{run, pod}] : []));
  const kept = withPod.filter(({run, pod}) => isKept(pod, run));
  const tooMany = new Set(beyond(kept, limits));
  const pods = withPod.filter(each => {
    if (isKept(each.pod, each.run)) return tooMany.has(each);
    return isFinished(each.pod) && limits.nowMs - endMs(each.run) >= minAgeMs;
  });
  const going = new Set(pods.map(({run}) => run.id));
  const records = over.filter(({record, pod, run}) => record && (!pod || going.has(run.id)));
  return {pods, records: beyond(records, limits).map(({run}) => run)};
}

/** Carries out the plan; records the end of every pod before deleting it. */
export async function prune(cluster: Cluster, {pods, records}: PrunePlan): Promise<void> {
  await atMost(DELETES_AT_ONCE, pods, async ({run, pod}) => {
    await saveRecord(cluster, await addArtifacts(cluster, pod, run));
    await deletePod(cluster, pod);
  });
  await foldRecords(cluster, records);
}

function beyond<T extends {readonly run: Run}>(
  newestFirst: readonly T[],
  {ageMs, count, nowMs}: PruneLimits,
): T[] {
  return newestFirst.filter(
    ({run}, at) => (ageMs > 0 && nowMs - endMs(run) > ageMs) || (count > 0 && at >= count),
  );
}

/** All containers have ended, so nothing can be fetched from the pod any more. */
function isFinished(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

function isOurs(pod: Pod): boolean {
  return (
    pod.metadata.annotations?.[ANNOTATION.start] !== undefined &&
    pod.metadata.deletionTimestamp === undefined
  );
}

function endMs({endedAt, createdAt}: Run): number {
  return Date.parse(endedAt ?? createdAt ?? '') || 0;
}

import type {Cluster, Pod} from '../kube/cluster.ts';
import {deletePod} from '../pod/delete.ts';
import {ANNOTATION} from '../pod/labels.ts';
import {atMost} from '../time/at-most.ts';
import {keepRecord} from './record.ts';
import {isOver, type Run} from './run.ts';
import {isKept} from './stop-recorded.ts';
import type {Known} from './survey.ts';
import {foldRecords} from './totals-store.ts';
import {withArtifacts} from './with-artifacts.ts';

/** gc may be about to start a session again, which shows the new run the old one's last lines. */
const PLAIN_MS = 10 * 60_000;

const DELETES_AT_ONCE = 4;

export interface PruneLimits {
  /** Older than this goes; 0: any age stays. */
  readonly ageMs: number;
  /** Beyond so many of the newest goes; 0: any number stays. */
  readonly count: number;
  readonly nowMs: number;
}

/** What retention says must go. */
export interface PrunePlan {
  readonly pods: readonly {readonly run: Run; readonly pod: Pod}[];
  readonly records: readonly Run[];
}

/** Decides, from settled runs, without asking or changing anything. */
export function planPrune(runs: readonly Known[], limits: PruneLimits): PrunePlan {
  const over = runs
    .filter(({run}) => isOver(run.state))
    .toSorted((a, b) => endMs(b.run) - endMs(a.run));
  const withPod = over.flatMap(({run, pod}) => (pod && isOurs(pod) ? [{run, pod}] : []));
  const kept = withPod.filter(({run, pod}) => isKept(pod, run));
  const tooMany = new Set(beyond(kept, limits));
  const pods = withPod.filter(each => {
    if (isKept(each.pod, each.run)) return tooMany.has(each);
    return isFinished(each.pod) && limits.nowMs - endMs(each.run) >= patienceMs(each.pod);
  });
  const going = new Set(pods.map(({run}) => run.id));
  const records = over.filter(({record, pod, run}) => record && (!pod || going.has(run.id)));
  return {pods, records: beyond(records, limits).map(({run}) => run)};
}

/** Carries it out: every pod's end is in a record before the pod goes. */
export async function prune(cluster: Cluster, {pods, records}: PrunePlan): Promise<void> {
  await atMost(DELETES_AT_ONCE, pods, async ({run, pod}) => {
    await keepRecord(cluster, await withArtifacts(cluster, pod, run));
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

/** Runs that end with their pods, and are recorded only then, have nobody else to clean up after them. */
function patienceMs(pod: Pod): number {
  return pod.metadata.annotations?.[ANNOTATION.retention] === undefined ? PLAIN_MS : 0;
}

/** All containers have ended: nobody can fetch anything from it any more. */
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

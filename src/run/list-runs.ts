import type {Cluster, ConfigMap, Pod} from '../kube/cluster.ts';
import {AGENT_SELECTOR} from '../pod/labels.ts';
import {isOnLostNode} from '../pod/state.ts';
import {clusterEnd} from './cluster-end.ts';
import {runOfDeletedPod} from './deleted-pod.ts';
import {EVENT_ANNOTATION, isRecorded, saveRecord, RECORD_SELECTOR, runOfRecord} from './record.ts';
import {isOver, laterOf, type Run} from './run.ts';
import {isPodOver, runOfPod} from './run-of-pod.ts';
import {mayStillBeRecorded, inferEnd} from './infer-end.ts';
import {addArtifacts} from './add-artifacts.ts';

/** A run that has a pod, a record, or both. */
export interface KnownRun {
  readonly run: Run;
  readonly pod?: Pod;
  readonly record?: ConfigMap;
}

/** All runs, from two lists: the records and the agents' pods. */
export async function listRuns(cluster: Cluster): Promise<KnownRun[]> {
  const known = new Map<string, KnownRun>();
  // Records first, so that a run whose pod is deleted in between is still listed.
  for await (const page of cluster.configMaps.list({labelSelector: RECORD_SELECTOR})) {
    for (const record of page.items) {
      const run = runOfRecord(record);
      if (run) known.set(run.id, {run, record});
    }
  }
  for await (const page of cluster.pods.list({labelSelector: AGENT_SELECTOR})) {
    for (const pod of page.items) {
      const run = withoutLostNode(pod, runOfPod(pod, cluster.serverTimeMs()));
      const recorded = known.get(run.id);
      known.set(run.id, {
        run: recorded ? laterOf(recorded.run, run) : run,
        pod,
        ...(recorded?.record ? {record: recorded.record} : {}),
      });
    }
  }
  return [...known.values()];
}

/** A lost node may come back with its agents running, so their runs are not over yet. */
function withoutLostNode(pod: Pod, run: Run): Run {
  if (run.reason !== 'node_lost' || isPodOver(pod)) return run;
  const members = Object.entries(run).filter(([name]) => !['reason', 'error'].includes(name));
  const history = run.history.filter(({state}) => !isOver(state));
  return {...(Object.fromEntries(members) as unknown as Run), state: 'running', history};
}

/**
 * Updates the records of runs that have ended, whether their pods still exist or not. Returns the runs
 * with their recorded ends.
 */
export async function reconcileRecords(
  cluster: Cluster,
  runs: readonly KnownRun[],
): Promise<KnownRun[]> {
  const settled: KnownRun[] = [];
  for (const known of runs) settled.push(await reconcile(cluster, known));
  return settled;
}

async function reconcile(cluster: Cluster, known: KnownRun): Promise<KnownRun> {
  const {run, pod, record} = known;
  const isSettled = record !== undefined && isOver(runOfRecord(record)?.state ?? 'created');
  if (isSettled) return known;
  if (pod) {
    if (!isOver(run.state) || !isRecorded(pod)) return known;
    const kept = await saveRecord(cluster, await addArtifacts(cluster, pod, run));
    return {...known, run: kept};
  }
  const gone = await inferEnd(cluster, run);
  if (mayStillBeRecorded(gone, cluster.serverTimeMs())) return known;
  return {...known, run: await saveRecord(cluster, gone)};
}

/**
 * Records the end of a run from its pod when that is disrupted, or deleted after the end: afterwards the
 * end could not be known, nor an eviction by the Eviction API be told from any other deletion. True when
 * there was one.
 */
export async function recordDisruption(
  cluster: Cluster,
  pod: Pod,
  isDeleted: boolean,
): Promise<boolean> {
  const isGoing = isDeleted || pod.metadata.deletionTimestamp !== undefined;
  if (!isGoing || !isRecorded(pod)) return false;
  // On a node that no longer reports, the agent may still run.
  const isDisrupted = !isOnLostNode(pod) && clusterEnd(pod) !== undefined;
  if (!isDisrupted && !isPodOver(pod)) return false;
  const run = runOfDeletedPod(pod, cluster.serverTimeMs());
  await saveRecord(cluster, await addArtifacts(cluster, pod, run));
  return true;
}

/** True for a run whose end has no event in the log yet. */
export function lacksEvent({run, record}: KnownRun): boolean {
  return isOver(run.state) && record?.metadata.annotations?.[EVENT_ANNOTATION] === undefined;
}

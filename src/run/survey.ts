import type {Cluster, ConfigMap, Pod} from '../kube/cluster.ts';
import {AGENT_SELECTOR} from '../pod/labels.ts';
import {isOnLostNode} from '../pod/state.ts';
import {clusterEnd} from './cluster-end.ts';
import {runOfGone} from './gone.ts';
import {EVENT_ANNOTATION, isRecorded, keepRecord, RECORD_SELECTOR, runOfRecord} from './record.ts';
import {isOver, later, type Run} from './run.ts';
import {isPodOver, runOfPod} from './run-of-pod.ts';
import {mayBeOurs, runOfVanished} from './vanished.ts';
import {withArtifacts} from './with-artifacts.ts';

/** A run as the cluster knows it: by its pod, its record, or both. */
export interface Known {
  readonly run: Run;
  readonly pod?: Pod;
  readonly record?: ConfigMap;
}

/** Every run that left a trace, by two lists: the pods of agents, and the records. */
export async function surveyRuns(cluster: Cluster): Promise<Known[]> {
  const known = new Map<string, Known>();
  // Records first: a run whose pod goes in between then still has one.
  for await (const page of cluster.configMaps.list({labelSelector: RECORD_SELECTOR})) {
    for (const record of page.items) {
      const run = runOfRecord(record);
      if (run) known.set(run.id, {run, record});
    }
  }
  for await (const page of cluster.pods.list({labelSelector: AGENT_SELECTOR})) {
    for (const pod of page.items) {
      const run = certain(pod, runOfPod(pod, cluster.serverTimeMs()));
      const recorded = known.get(run.id);
      known.set(run.id, {
        run: recorded ? later(recorded.run, run) : run,
        pod,
        ...(recorded?.record ? {record: recorded.record} : {}),
      });
    }
  }
  return [...known.values()];
}

/** A lost node may come back with its agents at work: their runs are not over yet. */
function certain(pod: Pod, run: Run): Run {
  if (run.reason !== 'node_lost' || isPodOver(pod)) return run;
  const members = Object.entries(run).filter(([name]) => !['reason', 'error'].includes(name));
  const history = run.history.filter(({state}) => !isOver(state));
  return {...(Object.fromEntries(members) as unknown as Run), state: 'running', history};
}

/**
 * Brings ends that were seen, or slept through, into their records: of pods that ended, and of pods
 * that are gone. Gives the runs as they are known then.
 */
export async function settleRuns(cluster: Cluster, runs: readonly Known[]): Promise<Known[]> {
  const settled: Known[] = [];
  for (const known of runs) settled.push(await settle(cluster, known));
  return settled;
}

async function settle(cluster: Cluster, known: Known): Promise<Known> {
  const {run, pod, record} = known;
  const isSettled = record !== undefined && isOver(runOfRecord(record)?.state ?? 'created');
  if (isSettled) return known;
  if (pod) {
    if (!isOver(run.state) || !isRecorded(pod)) return known;
    const kept = await keepRecord(cluster, await withArtifacts(cluster, pod, run));
    return {...known, run: kept};
  }
  const gone = await runOfVanished(cluster, run);
  if (mayBeOurs(gone, cluster.serverTimeMs())) return known;
  return {...known, run: await keepRecord(cluster, gone)};
}

/**
 * Records the end of a run that the cluster is about to take away, while its pod still says so. True
 * when it did: afterwards nobody could tell an eviction by the Eviction API from any other deletion.
 */
export async function settleTaken(cluster: Cluster, pod: Pod): Promise<boolean> {
  const isGoing = pod.metadata.deletionTimestamp !== undefined && isRecorded(pod);
  // On a node that no longer reports the agent may be at work, and be seen again.
  if (!isGoing || isOnLostNode(pod) || clusterEnd(pod) === undefined) return false;
  const run = runOfGone(pod, cluster.serverTimeMs());
  await keepRecord(cluster, await withArtifacts(cluster, pod, run));
  return true;
}

/** True for a run whose end has no event in the log yet. */
export function lacksEvent({run, record}: Known): boolean {
  return isOver(run.state) && record?.metadata.annotations?.[EVENT_ANNOTATION] === undefined;
}

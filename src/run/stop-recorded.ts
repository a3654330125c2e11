import {messageOf} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {deletePod} from '../pod/delete.ts';
import {ANNOTATION} from '../pod/labels.ts';
import {runOfDeletedPod} from './deleted-pod.ts';
import {saveRecord} from './record.ts';
import type {Run} from './run.ts';
import {isPodOver} from './run-of-pod.ts';
import {addArtifacts} from './add-artifacts.ts';

/**
 * Stops a run with a record and returns its end. Deletes the pod unless it has ended and the retention
 * policy keeps it. A failure to write the record is only a warning.
 */
export async function stopRecorded(
  cluster: Cluster,
  pod: Pod,
  warn: (text: string) => void,
): Promise<Run> {
  const run = await addArtifacts(cluster, pod, runOfDeletedPod(pod, cluster.serverTimeMs()));
  const isGoing = pod.metadata.deletionTimestamp !== undefined;
  // On a node that no longer reports, the agent may still run, so a missing report is not an end.
  const stays = isPodOver(pod) && isKept(pod, run);
  const [kept] = await Promise.all([
    trySaveRecord(cluster, run, warn),
    stays || isGoing ? undefined : deletePod(cluster, pod),
  ]);
  return kept;
}

/** True when the retention policy keeps the pod of this ended run until it is pruned. */
export function isKept(pod: Pod, {state}: Run): boolean {
  const retention = pod.metadata.annotations?.[ANNOTATION.retention];
  return retention === 'keep' || (retention === 'keep-failed' && state !== 'success');
}

/** Writes the record; a failure is only a warning. Returns the run either way. */
export async function trySaveRecord(
  cluster: Cluster,
  run: Run,
  warn: (text: string) => void,
): Promise<Run> {
  try {
    return await saveRecord(cluster, run);
  } catch (error) {
    warn(`no result record of "${run.session}": ${messageOf(error)}`);
    return run;
  }
}

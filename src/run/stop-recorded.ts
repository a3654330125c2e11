import {messageOf} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {deletePod} from '../pod/delete.ts';
import {ANNOTATION} from '../pod/labels.ts';
import {runOfGone} from './gone.ts';
import {keepRecord} from './record.ts';
import type {Run} from './run.ts';
import {isPodOver} from './run-of-pod.ts';
import {withArtifacts} from './with-artifacts.ts';

/**
 * Stops a run that gets a record: one that has ended and is to be kept stays, every other pod is
 * deleted. What keeps the record from being written is only a warning. Gives the run's end.
 */
export async function stopRecorded(
  cluster: Cluster,
  pod: Pod,
  warn: (text: string) => void,
): Promise<Run> {
  const run = await withArtifacts(cluster, pod, runOfGone(pod, cluster.serverTimeMs()));
  const isGoing = pod.metadata.deletionTimestamp !== undefined;
  // On a node that no longer reports the agent may be at work, and be seen again.
  const stays = isPodOver(pod) && isKept(pod, run);
  const [kept] = await Promise.all([
    recorded(cluster, run, warn),
    stays || isGoing ? undefined : deletePod(cluster, pod),
  ]);
  return kept;
}

/** True for an ended run whose pod the policy keeps until its age or their number ends that. */
export function isKept(pod: Pod, {state}: Run): boolean {
  const retention = pod.metadata.annotations?.[ANNOTATION.retention];
  return retention === 'keep' || (retention === 'keep-failed' && state !== 'success');
}

/** Writes the record; failing to is a warning, and the run is given all the same. */
export async function recorded(
  cluster: Cluster,
  run: Run,
  warn: (text: string) => void,
): Promise<Run> {
  try {
    return await keepRecord(cluster, run);
  } catch (error) {
    warn(`no result record of "${run.session}": ${messageOf(error)}`);
    return run;
  }
}

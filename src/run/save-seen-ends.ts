import type {Cluster, Pod} from '../kube/cluster.ts';
import {atMost} from '../time/at-most.ts';
import {isRecorded, saveRecord, idsOfOpenRecords} from './record.ts';
import {isPodOver, runOfPod} from './run-of-pod.ts';
import {addCompleteArtifacts} from './add-artifacts.ts';

const WRITES_AT_ONCE = 4;

/**
 * Saves the ends of these pods' runs in the records that lack them, because a pod may be deleted at any
 * time. Makes no request when no recorded run has ended. Raises when a record cannot be written.
 */
export async function saveSeenEnds(cluster: Cluster, pods: readonly Pod[]): Promise<void> {
  const ended = pods.filter(pod => isRecorded(pod) && isPodOver(pod));
  if (ended.length === 0) return;
  const open = await idsOfOpenRecords(cluster);
  const unwritten = ended.filter(({metadata}) => open.has(metadata.uid ?? ''));
  await atMost(WRITES_AT_ONCE, unwritten, async pod => {
    const run = await addCompleteArtifacts(cluster, pod, runOfPod(pod, cluster.serverTimeMs()));
    if (run !== undefined) await saveRecord(cluster, run);
  });
}

import type {Cluster, Pod} from '../../kube/cluster.ts';
import {absentAsUndefined} from '../../kube/resources.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {agentStatus} from '../../pod/state.ts';
import {sleep} from '../../time/sleep.ts';

/** The kubelet looks at its containers once a second. */
const PATIENCE = {everyMs: 200, times: 25};

/**
 * The pod once its kubelet has told that the agent's container runs, or has run: until then it gives
 * no log, although a `start` may have marked the pod already. Other pods are given as they are.
 */
export async function reportedPod(cluster: Cluster, pod: Pod, signal: AbortSignal): Promise<Pod> {
  let current = pod;
  for (let time = 0; time < PATIENCE.times && isAheadOfItsStatus(current); time++) {
    await sleep(PATIENCE.everyMs, signal);
    const now = await absentAsUndefined(cluster.pods.get(pod.metadata.name));
    if (now?.metadata.uid !== pod.metadata.uid || !now) return current;
    current = now;
  }
  return current;
}

function isAheadOfItsStatus(pod: Pod): boolean {
  const state = agentStatus(pod)?.state;
  const isMarked = pod.metadata.annotations?.[ANNOTATION.startedAt] !== undefined;
  return isMarked && !state?.running && !state?.terminated;
}

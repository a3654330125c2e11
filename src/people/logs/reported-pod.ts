import type {Cluster, Pod} from '../../kube/cluster.ts';
import {absentAsUndefined} from '../../kube/resources.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {agentStatus} from '../../pod/state.ts';
import {sleep} from '../../time/sleep.ts';

/** The kubelet checks its containers once a second. */
const POLL = {everyMs: 200, times: 25};

/**
 * Waits until the pod's status shows that the agent's container runs or has run: until then it has no
 * log, even if `start` has marked the pod already. Pods without that mark are returned as they are.
 */
export async function reportedPod(cluster: Cluster, pod: Pod, signal: AbortSignal): Promise<Pod> {
  let current = pod;
  for (let time = 0; time < POLL.times && isStatusPending(current); time++) {
    await sleep(POLL.everyMs, signal);
    const now = await absentAsUndefined(cluster.pods.get(pod.metadata.name));
    if (now?.metadata.uid !== pod.metadata.uid || !now) return current;
    current = now;
  }
  return current;
}

function isStatusPending(pod: Pod): boolean {
  const state = agentStatus(pod)?.state;
  const isMarked = pod.metadata.annotations?.[ANNOTATION.startedAt] !== undefined;
  return isMarked && !state?.running && !state?.terminated;
}

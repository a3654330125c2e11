import {isKubeFailure} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {findPod} from './find.ts';

/** Long enough for an agent to end on TERM; our PID 1 ends sooner. */
export const GRACE_SECONDS = 5;

/**
 * Sends the deletion of the session's pod, in whatever phase, and does not wait for it. By uid: a
 * pod of another session that took the name meanwhile is not touched.
 */
export async function deletePodsOf(cluster: Cluster, session: string): Promise<void> {
  const pod = await findPod(cluster, session);
  if (pod && pod.metadata.deletionTimestamp === undefined) await deletePod(cluster, pod);
}

/** Deletes exactly this pod; one that is gone, or was replaced, is fine. */
export async function deletePod(
  cluster: Cluster,
  {metadata: {name, uid}}: Pod,
  gracePeriodSeconds = GRACE_SECONDS,
): Promise<void> {
  try {
    await cluster.pods.delete(name, {...(uid ? {uid} : {}), gracePeriodSeconds});
  } catch (error) {
    if (!isKubeFailure(error, 'notFound', 'conflict')) throw error;
  }
}

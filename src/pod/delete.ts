import {isKubeFailure} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';

/** Long enough for an agent to end on TERM; our PID 1 ends sooner. */
export const GRACE_SECONDS = 5;

/**
 * Deletes exactly this pod, in whatever phase, and does not wait for it; one that is gone, or was
 * replaced, is fine.
 */
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

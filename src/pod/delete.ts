import {isKubeFailure} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';

/** Long enough for an agent to end on TERM; our PID 1 ends sooner. */
export const GRACE_SECONDS = 5;

/**
 * Deletes exactly this pod, by its uid, and does not wait until it is gone. One that is gone already, or was
 * replaced by another of its name, is no failure.
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

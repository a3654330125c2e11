import {isKubeFailure} from '../../errors.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import {absentAsUndefined} from '../../kube/resources.ts';
import {deletePod, GRACE_SECONDS} from '../../pod/delete.ts';
import {Deadline} from '../../time/deadline.ts';

/** A kubelet that works removes a pod within its grace period and a few seconds. */
const FORCE_AFTER_MS = (GRACE_SECONDS + 20) * 1000;

/**
 * Waits until this pod, by its uid, is gone, and gives it as it was seen last. A pod that stays because its
 * node does not answer is deleted by force (grace period 0): its processes cannot be told to end anyway.
 */
export async function awaitGone(cluster: Cluster, pod: Pod, deadline: Deadline): Promise<Pod> {
  const patience = new Deadline(Math.min(FORCE_AFTER_MS, deadline.remainingMs()), {
    parent: deadline.signal,
  });
  try {
    return await watchGone(cluster.within(patience), pod);
  } catch (error) {
    deadline.throwIfOver();
    if (!patience.signal.aborted) throw error;
    await deletePod(cluster, pod, 0);
    return await watchGone(cluster, pod);
  } finally {
    patience.clear();
  }
}

async function watchGone(cluster: Cluster, pod: Pod): Promise<Pod> {
  const {name, uid} = pod.metadata;
  let last = pod;
  for (;;) {
    const current = await absentAsUndefined(cluster.pods.get(name));
    if (!current || current.metadata.uid !== uid) return last;
    last = current;
    const resourceVersion = current.metadata.resourceVersion ?? '';
    try {
      const fieldSelector = `metadata.name=${name}`;
      for await (const event of cluster.pods.watch({fieldSelector, resourceVersion})) {
        if (event.type === 'BOOKMARK') continue;
        last = event.object;
        if (event.type === 'DELETED') return last;
      }
    } catch (error) {
      if (!isKubeFailure(error, 'gone')) throw error;
    }
  }
}

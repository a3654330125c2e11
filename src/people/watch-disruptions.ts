import {isKubeFailure, messageOf} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {AGENT_SELECTOR} from '../pod/labels.ts';
import {recordDisruption} from '../run/list-runs.ts';
import {backoffMs, sleep} from '../time/sleep.ts';

/** Between retries after a failure. */
const BACKOFF = {floorMs: 1000, firstMs: 2000, capMs: 60_000};

/**
 * Watches the agents' pods until the signal aborts, and records each disruption by the cluster while the
 * pod still has its reason, and each end of a run whose pod is deleted; a scrape could come too late.
 * Failures of the watch are only logged; such a run then counts as `deleted`.
 */
export async function recordDisruptions(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const isOver = () => signal.aborted;
  for (let failures = 0; !isOver(); failures++) {
    try {
      for await (const uid of disruptedPods(cluster)) {
        failures = 0;
        log.info('agent.taken', {uid});
      }
    } catch (error) {
      if (isOver()) return;
      // 410: the server no longer has the changes since the last list.
      if (isKubeFailure(error, 'gone')) continue;
      log.warn('watch.failed', {error: messageOf(error)});
      const {floorMs, firstMs, capMs} = BACKOFF;
      await sleep(backoffMs(failures, floorMs, firstMs, capMs), signal).catch(() => undefined);
    }
  }
}

/** The uids of pods that were disrupted, or deleted after their end, each after it is recorded. */
async function* disruptedPods(cluster: Cluster): AsyncGenerator<string> {
  const labelSelector = AGENT_SELECTOR;
  let resourceVersion = '';
  const recorded = new Set<string>();
  for await (const page of cluster.pods.list({labelSelector})) ({resourceVersion} = page);
  for await (const event of cluster.pods.watch({labelSelector, resourceVersion})) {
    if (event.type === 'BOOKMARK') continue;
    const {uid = ''} = event.object.metadata;
    const isDeleted = event.type === 'DELETED';
    if (!recorded.has(uid) && (await recordDisruption(cluster, event.object, isDeleted))) {
      recorded.add(uid);
      yield uid;
    }
    if (isDeleted) recorded.delete(uid);
  }
}

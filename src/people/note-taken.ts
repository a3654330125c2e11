import {isKubeFailure, messageOf} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {AGENT_SELECTOR} from '../pod/labels.ts';
import {settleTaken} from '../run/survey.ts';
import {backoffMs, sleep} from '../time/sleep.ts';

/** Between looks after one that failed. */
const PATIENCE = {floorMs: 1000, firstMs: 2000, capMs: 60_000};

/**
 * Watches the pods of agents until the signal aborts, and records each that the cluster takes away
 * while it still says why: between two scrapes it may come and go. What keeps it from watching is only
 * logged; such a run counts as `deleted` then.
 */
export async function noteTaken(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const isOver = () => signal.aborted;
  for (let failures = 0; !isOver(); failures++) {
    try {
      for await (const uid of takenAway(cluster)) {
        failures = 0;
        log.info('agent.taken', {uid});
      }
    } catch (error) {
      if (isOver()) return;
      // The server no longer has the changes since the last list.
      if (isKubeFailure(error, 'gone')) continue;
      log.warn('watch.failed', {error: messageOf(error)});
      const {floorMs, firstMs, capMs} = PATIENCE;
      await sleep(backoffMs(failures, floorMs, firstMs, capMs), signal).catch(() => undefined);
    }
  }
}

/** The uids of pods that are taken away, each once it is recorded. */
async function* takenAway(cluster: Cluster): AsyncGenerator<string> {
  const labelSelector = AGENT_SELECTOR;
  let resourceVersion = '';
  const noted = new Set<string>();
  for await (const page of cluster.pods.list({labelSelector})) ({resourceVersion} = page);
  for await (const event of cluster.pods.watch({labelSelector, resourceVersion})) {
    if (event.type === 'BOOKMARK') continue;
    const {uid = ''} = event.object.metadata;
    if (event.type === 'DELETED') noted.delete(uid);
    else if (!noted.has(uid) && (await settleTaken(cluster, event.object))) {
      noted.add(uid);
      yield uid;
    }
  }
}

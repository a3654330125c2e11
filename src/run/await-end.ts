import {isKubeFailure} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {isOver, type Run} from './run.ts';
import {runOfPod} from './run-of-pod.ts';

/**
 * Waits until the run of this very pod is over, and gives its end as the pod told it last. `heard`
 * is called for each state on the way. Undefined when the pod went without telling.
 */
export async function awaitEnd(
  cluster: Cluster,
  pod: Pod,
  heard: (run: Run) => void = () => undefined,
): Promise<Run | undefined> {
  const {name, uid} = pod.metadata;
  const fieldSelector = `metadata.name=${name}`;
  for (;;) {
    const current = await absentAsUndefined(cluster.pods.get(name));
    if (current?.metadata.uid !== uid || !current) return undefined;
    const now = look(cluster, current, heard);
    if (isOver(now.state)) return now;
    const resourceVersion = current.metadata.resourceVersion ?? '';
    try {
      for await (const event of cluster.pods.watch({fieldSelector, resourceVersion})) {
        if (event.type === 'BOOKMARK') continue;
        const run = look(cluster, event.object, heard);
        if (isOver(run.state)) return run;
        if (event.type === 'DELETED') return undefined;
      }
    } catch (error) {
      if (!isKubeFailure(error, 'gone')) throw error;
    }
  }
}

function look(cluster: Cluster, pod: Pod, heard: (run: Run) => void): Run {
  const run = runOfPod(pod, cluster.serverTimeMs());
  heard(run);
  return run;
}

import {isKubeFailure} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {isOver, type Run} from './run.ts';
import {runOfPod} from './run-of-pod.ts';

/**
 * Waits until the run of this pod (by uid) is over, and returns its last state; undefined when the pod was
 * deleted first. `onState` is called for each state on the way.
 */
export async function awaitEnd(
  cluster: Cluster,
  pod: Pod,
  onState: (run: Run) => void = () => undefined,
): Promise<Run | undefined> {
  const {name, uid} = pod.metadata;
  const fieldSelector = `metadata.name=${name}`;
  for (;;) {
    const current = await absentAsUndefined(cluster.pods.get(name));
    if (current?.metadata.uid !== uid || !current) return undefined;
    const now = reportState(cluster, current, onState);
    if (isOver(now.state)) return now;
    const resourceVersion = current.metadata.resourceVersion ?? '';
    try {
      for await (const event of cluster.pods.watch({fieldSelector, resourceVersion})) {
        if (event.type === 'BOOKMARK') continue;
        const run = reportState(cluster, event.object, onState);
        if (isOver(run.state)) return run;
        if (event.type === 'DELETED') return undefined;
      }
    } catch (error) {
      if (!isKubeFailure(error, 'gone')) throw error;
    }
  }
}

function reportState(cluster: Cluster, pod: Pod, heard: (run: Run) => void): Run {
  const run = runOfPod(pod, cluster.serverTimeMs());
  heard(run);
  return run;
}

import type {Cluster, Pod} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {podNames} from './names.ts';
import {belongsTo} from './state.ts';

/** The session's pod in any state, undefined when there is none. One GET for each name that it may have. */
export async function findPod(cluster: Cluster, session: string): Promise<Pod | undefined> {
  for (const name of podNames(session)) {
    const pod = await absentAsUndefined(cluster.pods.get(name));
    if (pod && belongsTo(pod, session)) return pod;
  }
  return undefined;
}

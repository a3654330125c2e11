import {KubeError, PodExecError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {AGENT_CONTAINER} from '../pod/labels.ts';
import {atMost} from '../time/at-most.ts';
import type {Known} from './survey.ts';

/** Execs that a node takes without stalling (performance.md, section 5). */
const EXECS_AT_ONCE = 4;

/**
 * Bytes of all workspaces: of running agents measured now, in their pods, of ended ones as they said
 * themselves. One that cannot be measured counts nothing.
 */
export async function workspaceBytes(cluster: Cluster, runs: readonly Known[]): Promise<number> {
  const withPod = runs.flatMap(({run, pod}) => (pod ? [{run, pod}] : []));
  const sizes = await atMost(EXECS_AT_ONCE, withPod, async ({run, pod}) =>
    run.state === 'running' ? measured(cluster, pod) : (run.workspaceBytes ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function measured(cluster: Cluster, pod: Pod): Promise<number> {
  try {
    const {stdout} = await cluster.exec({
      pod: pod.metadata.name,
      container: AGENT_CONTAINER,
      command: ['du', '-sk', '/workspace'],
    });
    return (parseInt(stdout.toString(), 10) || 0) * 1024;
  } catch (error) {
    // It may have ended since.
    if (!(error instanceof KubeError) && !(error instanceof PodExecError)) throw error;
    log.warn('workspace.unmeasured', {pod: pod.metadata.name, error: error.message});
    return 0;
  }
}

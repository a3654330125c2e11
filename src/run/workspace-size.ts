import {DeadlineError, KubeError, PodExecError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {AGENT_CONTAINER} from '../pod/labels.ts';
import {atMost} from '../time/at-most.ts';
import {Deadline} from '../time/deadline.ts';
import type {Known} from './survey.ts';

/** Execs that a node takes without stalling (performance.md, section 5). */
const EXECS_AT_ONCE = 4;

/** For all measurements together: Prometheus gives a scrape 10 s. */
const PATIENCE_MS = 5_000;

export interface Measuring {
  readonly deadline: Deadline;
  /** Bytes by run id, as they were measured before; brought up to date. */
  readonly sizes: Map<string, number>;
  readonly patienceMs?: number;
}

/**
 * Bytes of all workspaces: of running agents measured now, in their pods, of ended ones as they said
 * themselves. One that cannot be measured in time counts as it did before, at first nothing.
 */
export async function workspaceBytes(
  cluster: Cluster,
  runs: readonly Known[],
  {deadline, sizes, patienceMs = PATIENCE_MS}: Measuring,
): Promise<number> {
  const patience = new Deadline(patienceMs, {parent: deadline.signal});
  const within = cluster.within(patience);
  const withPod = runs.flatMap(({run, pod}) => (pod ? [{run, pod}] : []));
  const counted = await atMost(EXECS_AT_ONCE, withPod, async ({run, pod}) => {
    if (run.state !== 'running') return run.workspaceBytes ?? 0;
    const bytes = (await measured(within, pod)) ?? sizes.get(run.id) ?? 0;
    deadline.throwIfOver();
    sizes.set(run.id, bytes);
    return bytes;
  });
  patience.clear();
  forgetOthers(sizes, runs);
  return counted.reduce((sum, size) => sum + size, 0);
}

/** Undefined when it cannot be told. */
async function measured(cluster: Cluster, pod: Pod): Promise<number | undefined> {
  try {
    const {stdout} = await cluster.exec({
      pod: pod.metadata.name,
      container: AGENT_CONTAINER,
      command: ['du', '-sk', '/workspace'],
    });
    return (parseInt(stdout.toString(), 10) || 0) * 1024;
  } catch (error) {
    // It may have ended since, or be too large to be looked through that soon.
    if (![KubeError, PodExecError, DeadlineError].some(kind => error instanceof kind)) throw error;
    log.warn('workspace.unmeasured', {pod: pod.metadata.name, error: (error as Error).message});
    return undefined;
  }
}

function forgetOthers(sizes: Map<string, number>, runs: readonly Known[]): void {
  const there = new Set(runs.map(({run}) => run.id));
  for (const id of sizes.keys()) if (!there.has(id)) sizes.delete(id);
}

import {DeadlineError, KubeError, PodExecError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {AGENT_CONTAINER} from '../pod/labels.ts';
import {atMost} from '../time/at-most.ts';
import {Deadline} from '../time/deadline.ts';
import type {KnownRun} from './list-runs.ts';

/** Concurrent execs that a node handles without stalling (performance.md, section 5). */
const EXECS_AT_ONCE = 4;

/** For all measurements together; Prometheus's scrape timeout is 10 s. */
const TIMEOUT_MS = 5_000;

export interface MeasureOptions {
  readonly deadline: Deadline;
  /** Bytes by run id, from earlier measurements; updated in place. */
  readonly sizes: Map<string, number>;
  readonly timeoutMs?: number;
}

/**
 * The total size of all workspaces in bytes: measured now for running agents, from the pod's report for
 * ended ones. One that cannot be measured in time counts with its previous size, or 0.
 */
export async function workspaceBytes(
  cluster: Cluster,
  runs: readonly KnownRun[],
  {deadline, sizes, timeoutMs = TIMEOUT_MS}: MeasureOptions,
): Promise<number> {
  const timeout = new Deadline(timeoutMs, {parent: deadline.signal});
  const within = cluster.within(timeout);
  const withPod = runs.flatMap(({run, pod}) => (pod ? [{run, pod}] : []));
  const counted = await atMost(EXECS_AT_ONCE, withPod, async ({run, pod}) => {
    if (run.state !== 'running') return run.workspaceBytes ?? 0;
    const bytes = (await measured(within, pod)) ?? sizes.get(run.id) ?? 0;
    deadline.throwIfOver();
    sizes.set(run.id, bytes);
    return bytes;
  });
  timeout.clear();
  removeOthers(sizes, runs);
  return counted.reduce((sum, size) => sum + size, 0);
}

/** Undefined when it cannot be measured. */
async function measured(cluster: Cluster, pod: Pod): Promise<number | undefined> {
  try {
    const {stdout} = await cluster.exec({
      pod: pod.metadata.name,
      container: AGENT_CONTAINER,
      command: ['du', '-sk', '/workspace'],
    });
    return (parseInt(stdout.toString(), 10) || 0) * 1024;
  } catch (error) {
    // The agent may have ended since, or the workspace be too large for the time limit.
    if (![KubeError, PodExecError, DeadlineError].some(kind => error instanceof kind)) throw error;
    log.warn('workspace.unmeasured', {pod: pod.metadata.name, error: (error as Error).message});
    return undefined;
  }
}

function removeOthers(sizes: Map<string, number>, runs: readonly KnownRun[]): void {
  const there = new Set(runs.map(({run}) => run.id));
  for (const id of sizes.keys()) if (!there.has(id)) sizes.delete(id);
}

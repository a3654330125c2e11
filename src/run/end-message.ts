import {constants} from 'node:os';
import type {EndReason} from './run.ts';

interface OutcomeFacts {
  readonly exitCode?: number;
  readonly signal?: number;
  /** What the cluster said about the end. */
  readonly clusterMessage?: string | undefined;
}

/** The end of a run as a sentence; empty for a successful run. */
export function endMessage(
  reason: EndReason,
  {exitCode, signal, clusterMessage = ''}: OutcomeFacts,
): string {
  const because = clusterMessage === '' ? '' : `: ${clusterMessage}`;
  const code = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
  const sentences: Readonly<Record<EndReason, string>> = {
    completed: '',
    exit_code: `the agent ended with exit code ${exitCode ?? 'unknown'}`,
    signal: `the agent was ended by ${signalName(signal)}`,
    oom_killed: `the agent was killed: it used more memory than its limit; raise GC_K8S_MEM_LIMIT`,
    terminal_lost: `the agent's terminal was closed before it could say how it ended${code}`,
    timeout: `the agent's time was up; GC_K8S_TIMEOUT sets it${because}`,
    cancelled: `cancelled${code}`,
    stopped: `stopped: its pod was deleted${code}`,
    evicted: `evicted by the cluster${because}`,
    preempted: `preempted by a pod of higher priority${because}`,
    node_lost: `its node was lost${because}`,
    deleted: `its pod was deleted, and not by gc: in a drain of its node, or by hand`,
    image_pull: `the image could not be pulled${because}`,
    container_config: `the container could not be made${because}`,
    unschedulable: `no node takes the pod${because}`,
    quota: `a quota is used up${because}`,
    start_failed: `it was not started${because}`,
    unknown: `nobody saw how it ended${because}`,
  };
  return sentences[reason];
}

/** `signal 9 (SIGKILL)`; signal numbers are Linux's on this machine as in the pod. */
function signalName(signal: number | undefined): string {
  if (signal === undefined) return 'a signal';
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return name === undefined ? `signal ${signal}` : `signal ${signal} (${name})`;
}

import type {Pod} from '../kube/cluster.ts';
import {clusterEnd} from './cluster-end.ts';
import {endMessage} from './end-message.ts';
import {isOver, stateOfEnd, type EndReason, type Run} from './run.ts';
import {runOfPod} from './run-of-pod.ts';

/** The ended run of a pod that is deleted or about to be, from its last known state. */
export function runOfDeletedPod(pod: Pod, nowMs: number): Run {
  const run = runOfPod(pod, nowMs);
  if (isOver(run.state)) return run;
  const disruption = clusterEnd(pod);
  return withEnd(run, {
    reason: disruption?.reason ?? 'stopped',
    clusterMessage: disruption?.clusterMessage,
    atMs: nowMs,
  });
}

/** The run with an end that its pod did not report. */
export function withEnd(
  run: Run,
  {
    reason,
    clusterMessage,
    atMs,
  }: {reason: EndReason; clusterMessage?: string | undefined; atMs: number},
): Run {
  const state = stateOfEnd(reason);
  const at = new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const {startedAt} = run;
  return {
    ...run,
    state,
    reason,
    endedAt: at,
    history: [...run.history, {state, at}],
    ...(startedAt === undefined
      ? {}
      : {durationSeconds: Math.max(0, Math.round((atMs - Date.parse(startedAt)) / 1000))}),
    error: endMessage(reason, {clusterMessage}),
  };
}

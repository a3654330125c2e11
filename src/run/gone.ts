import type {Pod} from '../kube/cluster.ts';
import {clusterEnd} from './cluster-end.ts';
import {endWords} from './end-words.ts';
import {isOver, stateOfEnd, type EndReason, type Run} from './run.ts';
import {runOfPod} from './run-of-pod.ts';

/** The run of a pod that is gone, or is about to go, as it was seen last: over in any case. */
export function runOfGone(pod: Pod, nowMs: number): Run {
  const run = runOfPod(pod, nowMs);
  if (isOver(run.state)) return run;
  const taken = clusterEnd(pod);
  return over(run, {reason: taken?.reason ?? 'stopped', words: taken?.words, atMs: nowMs});
}

/** The run ended for a reason that it did not tell itself. */
export function over(
  run: Run,
  {reason, words, atMs}: {reason: EndReason; words?: string | undefined; atMs: number},
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
    error: endWords(reason, {words}),
  };
}

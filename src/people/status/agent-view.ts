import type {Pod} from '../../kube/cluster.ts';
import {agentStatus, sessionState} from '../../pod/state.ts';
import {runOfPod} from '../../run/run-of-pod.ts';
import {isOver, type Run, type RunState} from '../../run/run.ts';
import {aboutRunning, heldBy, whatItWaitsFor, whyStopping} from './why.ts';

/** As a run's, and two of a pod that goes before its run is over: `stopping`, and, when watched, `gone`. */
export type AgentState = RunState | 'stopping' | 'gone';

/** One agent as its pod tells of it: what `status -o json` prints. Times are RFC 3339. */
export interface AgentView extends Omit<Run, 'state' | 'reason'> {
  readonly state: AgentState;
  /** Since when it is in this state, as far as the pod says. */
  readonly since?: string;
  /** Why it does not run, or what is special about it, in plain words. */
  readonly why?: string;
  /** One word for that: why the run ended, or the kubelet's or scheduler's for what it waits for. */
  readonly reason?: string;
  /** How often its container was started again. */
  readonly restarts: number;
  /** Only its record tells of it: its pod is gone. */
  readonly isPodGone?: true;
  /** When its terminal last had output or input; known only where it was asked. */
  readonly lastActivity?: string;
}

/** Reads a pod that belongs to an agent. `nowMs`: the API server's clock. */
export function agentView(pod: Pod, nowMs: number): AgentView {
  const {agent, error, reason, ...run} = runOfPod(pod, nowMs);
  const state = stateOf(pod, run.state);
  const told = explained(pod, state, nowMs);
  const why = withHolder(error ?? told?.words, pod, state);
  const word = reason ?? told?.reason;
  const since = sinceOf(pod, state, run);
  return {
    ...run,
    // A start JSON that names no agent leaves "unknown" in the label.
    ...(agent === undefined || agent === 'unknown' ? {} : {agent}),
    state,
    ...(since === undefined ? {} : {since}),
    ...(why === undefined ? {} : {why}),
    ...(word === undefined ? {} : {reason: word}),
    ...(error === undefined ? {} : {error}),
    restarts: agentStatus(pod)?.restartCount ?? 0,
  };
}

/** What a record tells of a run whose pod is gone. */
export function recordedView({agent, ...run}: Run): AgentView {
  const {endedAt, error = COMPLETED} = run;
  return {
    ...run,
    ...(agent === undefined || agent === 'unknown' ? {} : {agent}),
    ...(endedAt === undefined ? {} : {since: endedAt}),
    why: error.includes('its pod was deleted') ? error : `${error}; its pod is gone`,
    restarts: 0,
    isPodGone: true,
  };
}

const COMPLETED = 'the agent ended with exit code 0';

function stateOf(pod: Pod, state: RunState): AgentState {
  if (isOver(state)) return state;
  if (pod.metadata.deletionTimestamp !== undefined) return 'stopping';
  if (sessionState(pod) !== 'unknown') return state;
  // Only its terminal knows more of a box, and of a pod that another provider made.
  return agentStatus(pod)?.state?.waiting === undefined ? 'running' : 'starting';
}

function explained(pod: Pod, state: AgentState, nowMs: number) {
  switch (state) {
    case 'created':
    case 'starting':
      return whatItWaitsFor(pod);
    case 'running':
      return aboutRunning(pod);
    case 'stopping':
      return whyStopping(pod, nowMs);
    case 'success':
      return {words: COMPLETED};
    default:
      return undefined;
  }
}

/** What ended long ago and is still there is there for somebody. */
function withHolder(why: string | undefined, pod: Pod, state: AgentState): string | undefined {
  const holder = heldBy(pod);
  if (holder === undefined || why === undefined || state === 'stopping') return why;
  return `${why}; its pod is being deleted, ${holder}`;
}

function sinceOf(pod: Pod, state: AgentState, {history}: Pick<Run, 'history'>): string | undefined {
  if (state === 'stopping') return stoppingSince(pod);
  const told = history.findLast(change => change.state === state)?.at;
  const running = state === 'running' ? agentStatus(pod)?.state?.running?.startedAt : undefined;
  return told ?? running ?? readySince(pod);
}

function stoppingSince({metadata}: Pod): string | undefined {
  const {deletionTimestamp, deletionGracePeriodSeconds: graceSeconds = 0} = metadata;
  if (deletionTimestamp === undefined) return undefined;
  const asked = new Date(Date.parse(deletionTimestamp) - graceSeconds * 1000);
  return asked.toISOString().replace('.000Z', 'Z');
}

/** When Ready last changed: for a node that was lost, or a pod that was evicted, the best there is. */
function readySince(pod: Pod): string | undefined {
  return pod.status?.conditions?.find(({type}) => type === 'Ready')?.lastTransitionTime;
}

import type {Pod} from '../../kube/cluster.ts';
import {agentStatus, sessionState} from '../../pod/state.ts';
import {runOfPod} from '../../run/run-of-pod.ts';
import {isOver, reportedState, type Run, type RunState, type ReportedState} from '../../run/run.ts';
import {aboutRunning, heldBy, whatItWaitsFor, whyStopping} from './why.ts';

/**
 * A run's state as reported, or `stopping` for a pod being deleted before its run is over, or `gone` for
 * one deleted while watched.
 */
export type AgentState = ReportedState | 'stopping' | 'gone';

/** One agent as `status -o json` prints it. Times are RFC 3339. */
export interface AgentView extends Omit<Run, 'state' | 'reason'> {
  readonly state: AgentState;
  /** Since when it is in this state, if the pod has that time. */
  readonly since?: string;
  /** Why it does not run, or what is special about it, as a sentence. */
  readonly why?: string;
  /** The same as one word: the end reason, or the kubelet's or scheduler's reason for waiting. */
  readonly reason?: string;
  /** How often its container was restarted. */
  readonly restarts: number;
  /** Its pod is gone; the data is from its record. */
  readonly isPodGone?: true;
  /** When its terminal last had output or input; only set on request. */
  readonly lastActivity?: string;
}

/** Reads the pod of an agent. `nowMs`: the API server's clock. */
export function agentView(pod: Pod, nowMs: number): AgentView {
  const {agent, error, reason, ...run} = runOfPod(pod, nowMs);
  const state = stateOf(pod, run.state);
  const explanation = explained(pod, state, nowMs);
  const why = withHolder(error ?? explanation?.message, pod, state);
  const word = reason ?? explanation?.reason;
  const since = sinceOf(pod, state, run);
  return {
    ...run,
    // The label is "unknown" when the start JSON names no agent.
    ...(agent === undefined || agent === 'unknown' ? {} : {agent}),
    state,
    ...(since === undefined ? {} : {since}),
    ...(why === undefined ? {} : {why}),
    ...(word === undefined ? {} : {reason: word}),
    ...(error === undefined ? {} : {error}),
    restarts: agentStatus(pod)?.restartCount ?? 0,
  };
}

/** The view of a run whose pod is gone, from its record. */
export function recordedView({agent, ...run}: Run): AgentView {
  const {endedAt, error = COMPLETED} = run;
  return {
    ...run,
    state: reportedState(run),
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
  // For a box, or another provider's pod, only the terminal knows more.
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
      return {message: COMPLETED};
    default:
      return undefined;
  }
}

/** Adds the finalizer that keeps an ended pod from being deleted. */
function withHolder(why: string | undefined, pod: Pod, state: AgentState): string | undefined {
  const holder = heldBy(pod);
  if (holder === undefined || why === undefined || state === 'stopping') return why;
  return `${why}; its pod is being deleted, ${holder}`;
}

function sinceOf(pod: Pod, state: AgentState, {history}: Pick<Run, 'history'>): string | undefined {
  if (state === 'stopping') return stoppingSince(pod);
  const stateChange = history.findLast(change => change.state === state)?.at;
  const running = state === 'running' ? agentStatus(pod)?.state?.running?.startedAt : undefined;
  return stateChange ?? running ?? readySince(pod);
}

function stoppingSince({metadata}: Pod): string | undefined {
  const {deletionTimestamp, deletionGracePeriodSeconds: graceSeconds = 0} = metadata;
  if (deletionTimestamp === undefined) return undefined;
  const requestedAt = new Date(Date.parse(deletionTimestamp) - graceSeconds * 1000);
  return requestedAt.toISOString().replace('.000Z', 'Z');
}

/** When Ready last changed: the best approximation for a lost node or an evicted pod. */
function readySince(pod: Pod): string | undefined {
  return pod.status?.conditions?.find(({type}) => type === 'Ready')?.lastTransitionTime;
}

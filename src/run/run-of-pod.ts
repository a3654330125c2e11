import type {Pod} from '../kube/cluster.ts';
import {AGENT_CONTAINER, ANNOTATION, LABEL} from '../pod/labels.ts';
import {OUTPUT, WORKSPACE} from '../pod/paths.ts';
import {agentStatus, sessionOf} from '../pod/state.ts';
import {clusterEnd, whyNotStarted} from './cluster-end.ts';
import {endMessage} from './end-message.ts';
import type {EndReason, Run, RunState, StateChange} from './run.ts';
import {isOver, stateOfEnd} from './run.ts';
import {parseTerminationMessage, type ReportedStatus} from './termination-message.ts';

/**
 * The run of a pod, from the pod object alone. `nowMs` (since 1970) is for the duration of a run that is
 * not over. For a pod of another provider, only phase and exit code are known.
 */
export function runOfPod(pod: Pod, nowMs: number): Run {
  const reported = parseTerminationMessage(agentStatus(pod)?.state?.terminated?.message);
  const end = endOf(pod, reported);
  const history = historyOf(pod, reported, end?.state);
  const startedAt = history.find(({state}) => state === 'running')?.at;
  const last = history.at(-1);
  const endedAt = last && isOver(last.state) ? last.at : undefined;
  // A killed PID 1 reports no end: only the container's exit code is left.
  const reportedEnd = reported && isOver(reported.state) ? reported : undefined;
  const exitCode = reportedEnd ? reportedEnd.exitCode : terminatedOf(pod)?.exitCode;
  const signal = reportedEnd ? reportedEnd.signal : signalOf(exitCode);
  const outcome = {...defined({exitCode, signal})};
  return {
    ...identity(pod),
    state: end?.state ?? last?.state ?? 'created',
    history,
    ...defined({createdAt: pod.metadata.creationTimestamp, startedAt, endedAt}),
    ...defined({durationSeconds: seconds(startedAt, endedAt ?? new Date(nowMs).toISOString())}),
    ...outcome,
    ...(end ? {reason: end.reason} : {}),
    ...(end && end.state !== 'success'
      ? {error: endMessage(end.reason, {...outcome, clusterMessage: end.clusterMessage})}
      : {}),
    ...defined({workspaceBytes: reported?.workspaceBytes}),
    ...(reported && reported.lastLines.length > 0 ? {lastLines: reported.lastLines} : {}),
  };
}

interface End {
  readonly state: RunState;
  readonly reason: EndReason;
  readonly clusterMessage?: string;
}

function endOf(pod: Pod, reported: ReportedStatus | undefined): End | undefined {
  const disruption = clusterEnd(pod);
  // A reported end takes precedence over what happened to the pod afterwards.
  if (reported && isOver(reported.state) && (reported.reason !== 'stopped' || !disruption)) {
    const isOom = reported.signal === 9 && terminatedOf(pod)?.reason === 'OOMKilled';
    const reason = isOom ? 'oom_killed' : ((reported.reason ?? 'unknown') as EndReason);
    return {state: reported.state, reason};
  }
  if (!isPodOver(pod) && disruption?.reason !== 'node_lost') return undefined;
  const {reason, clusterMessage} = disruption ?? inferredEnd(pod);
  return {state: stateOfEnd(reason), reason, ...(clusterMessage === '' ? {} : {clusterMessage})};
}

/** True when the node reported that the agent's container has ended or will never run. */
export function isPodOver(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || terminatedOf(pod) !== undefined;
}

/** The end of a pod without a report: PID 1 was killed, it never started, or it is another provider's. */
function inferredEnd(pod: Pod): {reason: EndReason; clusterMessage: string} {
  const ended = terminatedOf(pod);
  const {phase, reason, message} = pod.status ?? {};
  if (!ended)
    return whyNotStarted(pod) ?? {reason: 'start_failed', clusterMessage: message ?? reason ?? ''};
  if (ended.reason === 'OOMKilled') return {reason: 'oom_killed', clusterMessage: ''};
  if (ended.exitCode === 0 || phase === 'Succeeded')
    return {reason: 'completed', clusterMessage: ''};
  const annotations = pod.metadata.annotations ?? {};
  const isOurs = annotations[ANNOTATION.start] !== undefined;
  if (isOurs && annotations[ANNOTATION.startedAt] === undefined) {
    return {reason: 'start_failed', clusterMessage: ended.reason ?? ''};
  }
  return {
    reason: signalOf(ended.exitCode) === undefined ? 'exit_code' : 'signal',
    clusterMessage: '',
  };
}

function historyOf(
  pod: Pod,
  reported: ReportedStatus | undefined,
  end: RunState | undefined,
): StateChange[] {
  const {creationTimestamp, annotations = {}} = pod.metadata;
  const state = agentStatus(pod)?.state;
  const known: [RunState, string | undefined][] = [
    ['created', creationTimestamp],
    ['starting', state?.running?.startedAt ?? state?.terminated?.startedAt],
    ['running', annotations[ANNOTATION.startedAt] ?? annotations[ANNOTATION.provisionedAt]],
  ];
  const own = known.flatMap(([name, at]) => (at === undefined ? [] : [{state: name, at}]));
  const history = reported && reported.history.length > 0 ? [...reported.history] : own;
  const last = history.at(-1)?.state;
  if (end === undefined || (last !== undefined && isOver(last) && last === end)) return history;
  const endedAt = state?.terminated?.finishedAt ?? pod.metadata.deletionTimestamp;
  const before = history.filter(change => !isOver(change.state));
  return [...before, ...(endedAt === undefined ? [] : [{state: end, at: endedAt}])];
}

function identity(pod: Pod) {
  const {metadata, spec} = pod;
  const image = spec?.containers?.find(({name}) => name === AGENT_CONTAINER)?.image;
  return {
    version: 1,
    id: metadata.uid ?? '',
    session: sessionOf(pod) ?? metadata.name,
    namespace: metadata.namespace ?? '',
    pod: metadata.name,
    ...defined({agent: metadata.labels?.[LABEL.agent], node: spec?.nodeName, image}),
    workspace: WORKSPACE,
    outputLog: `${OUTPUT}/agent.log`,
  } as const;
}

const terminatedOf = (pod: Pod) => agentStatus(pod)?.state?.terminated;

/** Shells and container runtimes report a signal as 128 plus its number. */
function signalOf(exitCode: number | undefined): number | undefined {
  return exitCode !== undefined && exitCode > 128 && exitCode <= 192 ? exitCode - 128 : undefined;
}

function seconds(from: string | undefined, to: string): number | undefined {
  if (from === undefined) return undefined;
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}

/** Drops the members that are undefined. */
function defined<T extends object>(members: T): {[K in keyof T]?: Exclude<T[K], undefined>} {
  const known = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as {[K in keyof T]?: Exclude<T[K], undefined>};
}

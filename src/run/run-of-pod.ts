import type {Pod} from '../kube/cluster.ts';
import {AGENT_CONTAINER, ANNOTATION, LABEL} from '../pod/labels.ts';
import {OUTPUT, WORKSPACE} from '../pod/paths.ts';
import {agentStatus, sessionOf} from '../pod/state.ts';
import {clusterEnd, neverBegan} from './cluster-end.ts';
import {endWords} from './end-words.ts';
import type {EndReason, Run, RunState, StateChange} from './run.ts';
import {isOver, stateOfEnd} from './run.ts';
import {inPodStatus, type InPodStatus} from './termination-message.ts';

/**
 * What a pod tells of its run, without asking inside. `nowMs` (since 1970) is for the duration of a
 * run that is not over. A pod of another provider tells less: its phase and exit code.
 */
export function runOfPod(pod: Pod, nowMs: number): Run {
  const told = inPodStatus(agentStatus(pod)?.state?.terminated?.message);
  const end = endOf(pod, told);
  const history = historyOf(pod, told, end?.state);
  const startedAt = history.find(({state}) => state === 'running')?.at;
  const last = history.at(-1);
  const endedAt = last && isOver(last.state) ? last.at : undefined;
  // A PID 1 that was killed told no end: then the container's exit code is all there is.
  const toldEnd = told && isOver(told.state) ? told : undefined;
  const exitCode = toldEnd ? toldEnd.exitCode : terminatedOf(pod)?.exitCode;
  const signal = toldEnd ? toldEnd.signal : signalOf(exitCode);
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
      ? {error: endWords(end.reason, {...outcome, words: end.words})}
      : {}),
    ...defined({workspaceBytes: told?.workspaceBytes}),
    ...(told && told.lastLines.length > 0 ? {lastLines: told.lastLines} : {}),
  };
}

interface End {
  readonly state: RunState;
  readonly reason: EndReason;
  readonly words?: string;
}

function endOf(pod: Pod, told: InPodStatus | undefined): End | undefined {
  const taken = clusterEnd(pod);
  // What ended by itself ended so, whatever became of the pod afterwards.
  if (told && isOver(told.state) && (told.reason !== 'stopped' || !taken)) {
    const isOom = told.signal === 9 && terminatedOf(pod)?.reason === 'OOMKilled';
    const reason = isOom ? 'oom_killed' : ((told.reason ?? 'unknown') as EndReason);
    return {state: told.state, reason};
  }
  if (!isPodOver(pod) && taken?.reason !== 'node_lost') return undefined;
  const {reason, words} = taken ?? untold(pod);
  return {state: stateOfEnd(reason), reason, ...(words === '' ? {} : {words})};
}

/** The agent's container has ended, or will never run: the node said so itself. */
export function isPodOver(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || terminatedOf(pod) !== undefined;
}

/** The end of a pod that wrote nothing: killed with its PID 1, never begun, or another provider's. */
function untold(pod: Pod): {reason: EndReason; words: string} {
  const ended = terminatedOf(pod);
  const {phase, reason, message} = pod.status ?? {};
  if (!ended) return neverBegan(pod) ?? {reason: 'start_failed', words: message ?? reason ?? ''};
  if (ended.reason === 'OOMKilled') return {reason: 'oom_killed', words: ''};
  if (ended.exitCode === 0 || phase === 'Succeeded') return {reason: 'completed', words: ''};
  const annotations = pod.metadata.annotations ?? {};
  const isOurs = annotations[ANNOTATION.start] !== undefined;
  if (isOurs && annotations[ANNOTATION.startedAt] === undefined) {
    return {reason: 'start_failed', words: ended.reason ?? ''};
  }
  return {reason: signalOf(ended.exitCode) === undefined ? 'exit_code' : 'signal', words: ''};
}

function historyOf(
  pod: Pod,
  told: InPodStatus | undefined,
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
  const history = told && told.history.length > 0 ? [...told.history] : own;
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

/** A shell, and a container runtime, say 128 and the signal's number. */
function signalOf(exitCode: number | undefined): number | undefined {
  return exitCode !== undefined && exitCode > 128 && exitCode <= 192 ? exitCode - 128 : undefined;
}

function seconds(from: string | undefined, to: string): number | undefined {
  if (from === undefined) return undefined;
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}

/** Without the members that are undefined. */
function defined<T extends object>(members: T): {[K in keyof T]?: Exclude<T[K], undefined>} {
  const known = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as {[K in keyof T]?: Exclude<T[K], undefined>};
}

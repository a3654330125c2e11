import type {Pod} from '../../kube/cluster.ts';
import {ANNOTATION, LABEL} from '../../pod/labels.ts';
import {WORKSPACE} from '../../pod/paths.ts';
import {agentStatus, sessionOf, sessionState} from '../../pod/state.ts';
import {endWords, waitWords} from './why.ts';

/**
 * What an agent is doing:
 * `created` (no node yet), `starting`, `running`, `stopping` (its pod is being deleted), `lost` (its
 * node does not report any more), `gone` (while it was watched), or how it ended.
 */
export type AgentState =
  'created' | 'starting' | 'running' | 'stopping' | 'lost' | 'gone' | 'success' | 'failed';

/** One agent as its pod tells of it: what `status -o json` prints, too. Times are RFC 3339. */
export interface AgentView {
  readonly session: string;
  readonly state: AgentState;
  /** Since when it is in this state, as far as the pod says. */
  readonly since?: string;
  /** Why it is not running, or what is special about it, in plain words. */
  readonly why?: string;
  /** The cluster's word for that: `OOMKilled`, `ImagePullBackOff`, `Unschedulable`. */
  readonly reason?: string;
  readonly restarts: number;
  readonly pod: string;
  /** The run's id: the pod's uid. */
  readonly id?: string;
  readonly agent?: string;
  readonly node?: string;
  readonly image?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly durationSeconds?: number;
  readonly exitCode?: number;
  readonly signal?: number;
  /** When its terminal last had output or input; known only where it was asked. */
  readonly lastActivity?: string;
  readonly workspace: string;
}

/** Reads a pod that belongs to an agent. `nowMs`: the API server's clock. */
export function agentView(pod: Pod, nowMs: number): AgentView {
  const {metadata, spec} = pod;
  const state = stateOf(pod);
  const ended = agentStatus(pod)?.state?.terminated;
  const startedAt = startOf(pod);
  const endedAt = ended?.finishedAt ?? metadata.annotations?.[ANNOTATION.endedAt];
  const explained =
    state === 'created' || state === 'starting' ? waitWords(pod) : endWords(pod, state);
  return {
    session: sessionOf(pod) ?? metadata.name,
    state,
    ...defined({since: sinceOf(pod, state), why: explained?.words, reason: explained?.reason}),
    restarts: agentStatus(pod)?.restartCount ?? 0,
    pod: metadata.name,
    ...defined({
      id: metadata.uid,
      agent: agentOf(pod),
      node: spec?.nodeName,
      image: spec?.containers?.[0]?.image,
      startedAt,
      endedAt,
      durationSeconds: secondsBetween(startedAt, endedAt ?? nowMs),
      exitCode: ended?.exitCode,
      signal: signalOf(ended),
    }),
    workspace: WORKSPACE,
  };
}

/** The agent's name as its label has it; a start JSON that names none leaves "unknown" there. */
function agentOf(pod: Pod): string | undefined {
  const name = pod.metadata.labels?.[LABEL.agent];
  return name === 'unknown' ? undefined : name;
}

function stateOf(pod: Pod): AgentState {
  if (pod.metadata.deletionTimestamp !== undefined) return 'stopping';
  switch (sessionState(pod)) {
    case 'running':
    // Only its terminal knows more of a box, and of a pod that another provider made.
    case 'unknown':
      return 'running';
    case 'starting':
      return pod.spec?.nodeName === undefined ? 'created' : 'starting';
    case 'ended': {
      const code = agentStatus(pod)?.state?.terminated?.exitCode;
      const {phase} = pod.status ?? {};
      if (phase === 'Succeeded' || code === 0) return 'success';
      if (phase === 'Failed' || code !== undefined) return 'failed';
      return pod.metadata.annotations?.[ANNOTATION.endedAt] === undefined ? 'lost' : 'success';
    }
  }
}

function startOf(pod: Pod): string | undefined {
  const {annotations} = pod.metadata;
  const {running, terminated} = agentStatus(pod)?.state ?? {};
  return (
    annotations?.[ANNOTATION.startedAt] ??
    annotations?.[ANNOTATION.provisionedAt] ??
    running?.startedAt ??
    terminated?.startedAt
  );
}

function sinceOf(pod: Pod, state: AgentState): string | undefined {
  const {metadata, status} = pod;
  const notReady = status?.conditions?.find(({type}) => type === 'Ready')?.lastTransitionTime;
  switch (state) {
    case 'stopping':
      return metadata.deletionTimestamp;
    case 'running':
      return startOf(pod);
    case 'lost':
      return notReady;
    case 'success':
    case 'failed':
      return agentStatus(pod)?.state?.terminated?.finishedAt ?? notReady;
    default:
      return metadata.creationTimestamp;
  }
}

type Terminated = NonNullable<NonNullable<ReturnType<typeof agentStatus>>['state']>['terminated'];

/** A shell reports 128 and the signal's number for a command that a signal ended. */
function signalOf(ended: Terminated): number | undefined {
  if (ended === undefined) return undefined;
  if (ended.signal !== undefined && ended.signal > 0) return ended.signal;
  return ended.exitCode > 128 && ended.exitCode <= 192 ? ended.exitCode - 128 : undefined;
}

function secondsBetween(
  begin: string | undefined,
  end: string | number | undefined,
): number | undefined {
  if (begin === undefined || end === undefined) return undefined;
  const endMs = typeof end === 'number' ? end : Date.parse(end);
  return Math.max(0, Math.round((endMs - Date.parse(begin)) / 1000));
}

type Defined<T> = {[K in keyof T]?: Exclude<T[K], undefined>};

/** Without the fields that are not known. */
function defined<T extends object>(fields: T): Defined<T> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Defined<T>;
}

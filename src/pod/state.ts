import type {ContainerStatus, Pod, PodCondition} from '../kube/cluster.ts';
import {AGENT_CONTAINER, ANNOTATION, SESSION_ANNOTATION, LABEL} from './labels.ts';
import {labelForm} from './names.ts';

/**
 * What a pod's own state says of its session, without asking inside.
 * - `running`: the agent was seen alive and its container still runs.
 * - `starting`: a `start` is at it, or the container is not up yet.
 * - `ended`: finished, being deleted, or on a lost node.
 * - `unknown`: only tmux in the pod can tell (a provisioned box, a pod of another provider).
 */
export type SessionState = 'running' | 'starting' | 'ended' | 'unknown';

export function sessionState(pod: Pod): SessionState {
  const {phase} = pod.status ?? {};
  const agent = agentStatus(pod);
  if (pod.metadata.deletionTimestamp !== undefined) return 'ended';
  if (phase === 'Succeeded' || phase === 'Failed') return 'ended';
  if (agent?.state?.terminated || isOnLostNode(pod)) return 'ended';
  const annotations = pod.metadata.annotations ?? {};
  if (annotations[ANNOTATION.endedAt] !== undefined) return 'ended';
  if (annotations[ANNOTATION.startedAt] !== undefined) return 'running';
  if (annotations[ANNOTATION.provisionedAt] !== undefined) return 'unknown';
  if (annotations[ANNOTATION.start] !== undefined) return 'starting';
  return phase === 'Running' ? 'unknown' : 'starting';
}

/** The status of the agent's container, once the kubelet has written one. */
export function agentStatus(pod: Pod): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find(({name}) => name === AGENT_CONTAINER);
}

/** True when this pod is the session's: the annotation decides, the label where there is none. */
export function belongsTo(pod: Pod, session: string): boolean {
  const name = pod.metadata.annotations?.[SESSION_ANNOTATION];
  if (name !== undefined) return name === session;
  return pod.metadata.labels?.[LABEL.session] === labelForm(session);
}

/** The session's name as it was given, which only the annotation keeps. */
export function sessionOf(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[SESSION_ANNOTATION] ?? pod.metadata.labels?.[LABEL.session];
}

/**
 * The node controller takes Ready from the pods of a node that no longer reports, while their
 * containers are still believed ready; a kubelet itself never writes that pair, readiness gates
 * aside (k8s.io/kubernetes, pkg/controller/nodelifecycle).
 */
export function isOnLostNode(pod: Pod): boolean {
  if (pod.status?.reason === 'NodeLost') return true;
  const gates = pod.spec?.readinessGates?.length ?? 0;
  return (
    gates === 0 &&
    condition(pod, 'Ready')?.status === 'False' &&
    condition(pod, 'ContainersReady')?.status === 'True'
  );
}

/** A condition of the pod's status, by its type. */
export function condition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find(candidate => candidate.type === type);
}

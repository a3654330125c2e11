import type {ContainerStatus, Pod, PodCondition} from '../kube/cluster.ts';
import {AGENT_CONTAINER, ANNOTATION, SESSION_ANNOTATION, LABEL} from './labels.ts';

/**
 * What the pod object alone says of its session.
 * - `running`: the agent was started, and its container still runs.
 * - `starting`: a `start` is under way, or the container does not run yet.
 * - `ended`: the pod has finished, is being deleted, or is on a lost node.
 * - `unknown`: only tmux in the pod can tell (a provisioned box, or a pod of another provider).
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

/** The status of the agent's container; undefined until the kubelet has written one. */
export function agentStatus(pod: Pod): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find(({name}) => name === AGENT_CONTAINER);
}

/**
 * True when the pod is the session's: the one that `sessionOf` names, and no other whose label has the
 * same form. Of `q-r` and `q/r`, a pod with the label `q-r` and no annotation is the first one's alone.
 */
export function belongsTo(pod: Pod, session: string): boolean {
  return sessionOf(pod) === session;
}

/** The session's name, from the annotation; from the label where it has none (other providers set both). */
export function sessionOf(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[SESSION_ANNOTATION] ?? pod.metadata.labels?.[LABEL.session];
}

/**
 * True for a pod on a node that no longer reports. The node controller then sets Ready to False and leaves
 * ContainersReady at True, which no kubelet does, unless the pod has readiness gates
 * (k8s.io/kubernetes, pkg/controller/nodelifecycle).
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

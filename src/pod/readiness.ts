import type {Cluster, CoreEvent, Pod} from '../kube/cluster.ts';
import {agentStatus} from './state.ts';

/** Waiting reasons that no patience heals, but for BUSY (kubelet, pkg/kubelet/images and kuberuntime). */
const HOPELESS = new Set([
  ...['InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError'],
  ...['CreateContainerError', 'RunContainerError', 'ImageInspectError'],
]);

/**
 * What a node says that was too slow, and tries again: the kubelet to fetch a Secret or ConfigMap, the
 * container runtime to make the container, which has its name until that attempt is over (containerd).
 */
const BUSY =
  /timed out waiting for the condition|context deadline exceeded|failed to reserve container name/;

/** A pull may recover from its first failure; when the kubelet starts to back off, it was tried twice. */
const PULL_FAILED = 'ImagePullBackOff';

/** The scheduler's words for nodes that somebody cordoned (plugin NodeUnschedulable). */
const CORDONED = 'were unschedulable';
const UNCORDON = 'kubectl uncordon lets a cordoned node take pods again';

/** Why a pod is not up yet, in the cluster's words; `isFinal` when it never will be. */
export interface Obstacle {
  readonly reason: string;
  readonly isFinal: boolean;
}

/** Why the pod is not up, from its status; undefined when its status names no reason. */
export function obstacle(pod: Pod): Obstacle | undefined {
  const {phase, reason, message} = pod.status ?? {};
  if (pod.metadata.deletionTimestamp !== undefined) {
    return {reason: 'the pod was deleted while it was started', isFinal: true};
  }
  const state = agentStatus(pod)?.state;
  if (phase === 'Failed' || phase === 'Succeeded' || state?.terminated) {
    return {
      reason: `the pod ended: ${endWords(pod) || words(reason ?? phase, message)}`,
      isFinal: true,
    };
  }
  if (state?.waiting?.reason !== undefined && state.waiting.reason !== 'ContainerCreating') {
    const {reason = '', message = ''} = state.waiting;
    const isFinal = reason === PULL_FAILED || (HOPELESS.has(reason) && !BUSY.test(message));
    return {reason: `the container is waiting: ${words(reason, message)}`, isFinal};
  }
  const scheduled = pod.status?.conditions?.find(({type}) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    const reason = `not scheduled: ${words(scheduled.reason, scheduled.message)}`;
    return {reason: reason.includes(CORDONED) ? `${reason}; ${UNCORDON}` : reason, isFinal: false};
  }
  return undefined;
}

/** How the agent's container ended: `OOMKilled, exit code 137`. */
function endWords(pod: Pod): string {
  const ended = agentStatus(pod)?.state?.terminated;
  if (!ended) return '';
  // The JSON that our PID 1 writes is for programs.
  const message = ended.message?.startsWith('{') ? undefined : ended.message;
  return words(`${ended.reason ?? 'ended'}, exit code ${ended.exitCode}`, message);
}

/** The newest warnings about a pod, as `describe` would show them; empty when they cannot be read. */
export async function warningEvents(cluster: Cluster, pod: Pod): Promise<string[]> {
  const {name, uid} = pod.metadata;
  const fieldSelector = `involvedObject.name=${name},involvedObject.uid=${uid ?? ''},type=Warning`;
  const events: CoreEvent[] = [];
  for await (const page of cluster.events.list({fieldSelector})) events.push(...page.items);
  const byTime = events.sort((a, b) => timeOf(a) - timeOf(b));
  return [...new Set(byTime.map(({reason, message}) => words(reason, message)))].slice(-2);
}

/**
 * The warnings that add to what was said: the kubelet and the scheduler put into their events what the
 * pod's status has already, behind a word or two of their own.
 */
export function unsaid(said: string, warnings: readonly string[]): string[] {
  return warnings.filter(warning => {
    const [, ...words] = warning.split(': ');
    const tails = [words, words.slice(1)].map(tail => tail.join(': '));
    return !tails.some(tail => tail !== '' && said.includes(tail));
  });
}

function timeOf(event: CoreEvent): number {
  const time = event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  return Date.parse(time ?? '') || 0;
}

function words(reason: string | undefined, message: string | undefined): string {
  return [reason, message].filter(part => part !== undefined && part !== '').join(': ');
}

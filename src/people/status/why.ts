import type {Pod} from '../../kube/cluster.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {agentStatus, condition} from '../../pod/state.ts';
import {clusterEnd} from '../../run/cluster-end.ts';
import {age} from '../age.ts';

/** Why an agent is as it is: the cluster's word, and what it means in plain ones. */
export interface Why {
  readonly reason?: string;
  readonly words: string;
}

/** Waiting reasons of the kubelet (pkg/kubelet/images, kuberuntime) as a person would say them. */
const WAITING: Readonly<Record<string, string>> = {
  ContainerCreating: 'its container is being made',
  PodInitializing: 'its init containers are running',
  ErrImagePull: 'its image cannot be pulled',
  ImagePullBackOff: 'its image cannot be pulled',
  InvalidImageName: 'its image has no valid name',
  ErrImageNeverPull:
    'its image is not on the node, and may not be pulled (GC_K8S_IMAGE_PULL_POLICY)',
  CreateContainerConfigError: 'a Secret or ConfigMap it needs is missing',
  CreateContainerError: 'its container cannot be made',
  RunContainerError: 'its container cannot be run',
  CrashLoopBackOff: 'it ends again and again',
};

/** What an agent that is not up yet waits for. */
export function whatItWaitsFor(pod: Pod): Why {
  const {state: {waiting, running} = {}, lastState} = agentStatus(pod) ?? {};
  if (waiting?.reason !== undefined) {
    const words = WAITING[waiting.reason] ?? `its container waits: ${waiting.reason}`;
    const ended = lastState?.terminated;
    const last = ended === undefined ? '' : `, last with exit code ${ended.exitCode}`;
    return {reason: waiting.reason, words: joined(`${words}${last}`, waiting.message)};
  }
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const reason = scheduled.reason ?? 'Unschedulable';
    return {reason, words: joined('no node takes it', scheduled.message)};
  }
  if (pod.spec?.nodeName === undefined) return {words: 'waits for the scheduler'};
  return {words: running ? 'is being launched' : 'waits for its node'};
}

/** What is special about an agent that runs; undefined when there is nothing to say. */
export function aboutRunning(pod: Pod): Why | undefined {
  const annotations = pod.metadata.annotations ?? {};
  if (annotations[ANNOTATION.startedAt] !== undefined) return undefined;
  if (annotations[ANNOTATION.provisionedAt] !== undefined) {
    return {words: 'a box, in which gc starts the agent itself'};
  }
  return {words: 'made by another provider; only its terminal knows more'};
}

/** A pod whose time was up this long ago is held up by something (a node's last words take seconds). */
const OVERDUE_MS = 60_000;

/** What a pod that is being deleted waits for. */
export function whyStopping(pod: Pod, nowMs: number): Why {
  const holder = heldBy(pod);
  if (holder !== undefined) return {words: `its pod is being deleted, ${holder}`};
  const taken = clusterEnd(pod);
  if (taken !== undefined) {
    return {reason: taken.reason, words: joined('its pod is being taken away', taken.words)};
  }
  const lateMs = nowMs - Date.parse(pod.metadata.deletionTimestamp ?? '');
  const node = pod.spec?.nodeName;
  if (!(lateMs > OVERDUE_MS) || node === undefined) return {words: 'its pod is being deleted'};
  return {words: `its pod should be gone since ${age(lateMs)}; node ${node} does not end it`};
}

/** Who keeps a deleted pod from going; undefined when nobody does, or it is not deleted. */
export function heldBy({metadata}: Pod): string | undefined {
  const {deletionTimestamp, finalizers = []} = metadata;
  if (deletionTimestamp === undefined || finalizers.length === 0) return undefined;
  return `held by its finalizer ${finalizers.join(', ')}`;
}

/** One line, however the cluster broke its own. */
function joined(words: string, message: string | undefined): string {
  if (message === undefined || message === '') return words;
  return `${words}: ${message.trim().replaceAll(/\s*\n\s*/g, ' ')}`;
}

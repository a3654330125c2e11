import type {Pod} from '../../kube/cluster.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {agentStatus, condition} from '../../pod/state.ts';
import {clusterEnd} from '../../run/cluster-end.ts';
import {age} from '../age.ts';

/** Why an agent is in its state: the cluster's reason, and its meaning as a sentence. */
export interface Why {
  readonly reason?: string;
  readonly message: string;
}

/** Plain English for the kubelet's waiting reasons (pkg/kubelet/images, kuberuntime). */
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

/** What an agent waits for before it runs. */
export function whatItWaitsFor(pod: Pod): Why {
  const {state: {waiting, running} = {}, lastState} = agentStatus(pod) ?? {};
  if (waiting?.reason !== undefined) {
    const words = WAITING[waiting.reason] ?? `its container waits: ${waiting.reason}`;
    const ended = lastState?.terminated;
    const last = ended === undefined ? '' : `, last with exit code ${ended.exitCode}`;
    return {reason: waiting.reason, message: joined(`${words}${last}`, waiting.message)};
  }
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const reason = scheduled.reason ?? 'Unschedulable';
    return {reason, message: joined('no node takes it', scheduled.message)};
  }
  if (pod.spec?.nodeName === undefined) return {message: 'waits for the scheduler'};
  return {message: running ? 'is being launched' : 'waits for its node'};
}

/** What is special about a running agent, if anything. */
export function aboutRunning(pod: Pod): Why | undefined {
  const annotations = pod.metadata.annotations ?? {};
  if (annotations[ANNOTATION.startedAt] !== undefined) return undefined;
  if (annotations[ANNOTATION.provisionedAt] !== undefined) {
    return {message: 'a box, in which gc starts the agent itself'};
  }
  return {message: 'made by another provider; only its terminal knows more'};
}

/** A pod this long past its grace period is stuck (normally a node takes seconds to report the end). */
const OVERDUE_MS = 60_000;

/** What a pod that is being deleted waits for. */
export function whyStopping(pod: Pod, nowMs: number): Why {
  const holder = heldBy(pod);
  if (holder !== undefined) return {message: `its pod is being deleted, ${holder}`};
  const taken = clusterEnd(pod);
  if (taken !== undefined) {
    return {
      reason: taken.reason,
      message: joined('its pod is being taken away', taken.clusterMessage),
    };
  }
  const lateMs = nowMs - Date.parse(pod.metadata.deletionTimestamp ?? '');
  const node = pod.spec?.nodeName;
  if (!(lateMs > OVERDUE_MS) || node === undefined) return {message: 'its pod is being deleted'};
  return {message: `its pod should be gone since ${age(lateMs)}; node ${node} does not end it`};
}

/** The finalizers that hold a pod being deleted; undefined when there are none, or it is not being deleted. */
export function heldBy({metadata}: Pod): string | undefined {
  const {deletionTimestamp, finalizers = []} = metadata;
  if (deletionTimestamp === undefined || finalizers.length === 0) return undefined;
  return `held by its finalizer ${finalizers.join(', ')}`;
}

/** Joins both into one line, without the line breaks of the cluster's message. */
function joined(words: string, message: string | undefined): string {
  if (message === undefined || message === '') return words;
  return `${words}: ${message.trim().replaceAll(/\s*\n\s*/g, ' ')}`;
}

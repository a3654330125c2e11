import type {Pod} from '../kube/cluster.ts';
import {agentStatus, condition, isOnLostNode} from '../pod/state.ts';
import type {EndReason} from './run.ts';

/** Why the cluster ended a pod, or kept it from starting. */
export interface ClusterEnd {
  readonly reason: EndReason;
  /** The cluster's own reason and message. */
  readonly clusterMessage: string;
}

/**
 * `status.reason` of a pod that the kubelet ended or rejected (k8s.io/kubernetes, pkg/kubelet:
 * eviction, preemption, nodeshutdown, lifecycle).
 */
const BY_KUBELET: Readonly<Record<string, EndReason>> = {
  Evicted: 'evicted',
  NodeShutdown: 'evicted',
  Terminated: 'evicted',
  Preempting: 'preempted',
  NodeLost: 'node_lost',
  DeadlineExceeded: 'timeout',
};

/** Reasons of the DisruptionTarget condition (KEP-3329). */
const BY_DISRUPTION: Readonly<Record<string, EndReason>> = {
  EvictionByEvictionAPI: 'evicted',
  DeletionByTaintManager: 'evicted',
  TerminationByKubelet: 'evicted',
  PreemptionByScheduler: 'preempted',
  PreemptionByKubeScheduler: 'preempted',
  DeletionByPodGC: 'node_lost',
};

/** Why the cluster ended or is ending the pod; undefined when it is not. */
export function clusterEnd(pod: Pod): ClusterEnd | undefined {
  const {reason = '', message} = pod.status ?? {};
  const byKubelet = BY_KUBELET[reason];
  if (byKubelet) return {reason: byKubelet, clusterMessage: joined(reason, message)};
  const disruption = condition(pod, 'DisruptionTarget');
  const byDisruption =
    disruption?.status === 'True' ? BY_DISRUPTION[disruption.reason ?? ''] : undefined;
  if (disruption && byDisruption) {
    return {reason: byDisruption, clusterMessage: joined(disruption.reason, disruption.message)};
  }
  if (!isOnLostNode(pod)) return undefined;
  const node = pod.spec?.nodeName ?? 'unknown';
  return {reason: 'node_lost', clusterMessage: `node ${node} no longer reports`};
}

/** Why the container never started, by its waiting reason (pkg/kubelet/images, kuberuntime). */
export function whyNotStarted(pod: Pod): ClusterEnd | undefined {
  const state = agentStatus(pod)?.state;
  const {reason = '', message} = state?.waiting ?? {};
  const clusterMessage = joined(reason, message);
  if (/^(ErrImage|ImagePull|InvalidImageName|ImageInspect|RegistryUnavailable)/.test(reason)) {
    return {reason: 'image_pull', clusterMessage};
  }
  if (/^(CreateContainer|RunContainer|StartError|ContainerCannotRun)/.test(reason)) {
    return {reason: 'container_config', clusterMessage};
  }
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return {reason: 'unschedulable', clusterMessage: joined(scheduled.reason, scheduled.message)};
}

function joined(reason: string | undefined, message: string | undefined): string {
  return [reason, message].filter(part => part !== undefined && part !== '').join(': ');
}

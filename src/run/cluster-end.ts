import type {Pod} from '../kube/cluster.ts';
import {agentStatus, condition, isOnLostNode} from '../pod/state.ts';
import type {EndReason} from './run.ts';

/** How the cluster says that it ended a pod. */
export interface ClusterEnd {
  readonly reason: EndReason;
  /** In the cluster's words. */
  readonly words: string;
}

/**
 * `status.reason` of a pod that the kubelet ended, or did not take (k8s.io/kubernetes, pkg/kubelet:
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

/** Reasons of the condition DisruptionTarget (KEP-3329). */
const BY_DISRUPTION: Readonly<Record<string, EndReason>> = {
  EvictionByEvictionAPI: 'evicted',
  DeletionByTaintManager: 'evicted',
  TerminationByKubelet: 'evicted',
  PreemptionByScheduler: 'preempted',
  PreemptionByKubeScheduler: 'preempted',
  DeletionByPodGC: 'node_lost',
};

/** Why the cluster took the pod away; undefined when it did not. */
export function clusterEnd(pod: Pod): ClusterEnd | undefined {
  const {reason = '', message} = pod.status ?? {};
  const byKubelet = BY_KUBELET[reason];
  if (byKubelet) return {reason: byKubelet, words: joined(reason, message)};
  const disruption = condition(pod, 'DisruptionTarget');
  const byDisruption =
    disruption?.status === 'True' ? BY_DISRUPTION[disruption.reason ?? ''] : undefined;
  if (disruption && byDisruption) {
    return {reason: byDisruption, words: joined(disruption.reason, disruption.message)};
  }
  if (!isOnLostNode(pod)) return undefined;
  const node = pod.spec?.nodeName ?? 'unknown';
  return {reason: 'node_lost', words: `node ${node} no longer reports`};
}

/** Waiting reasons of a container that never began (kubelet, pkg/kubelet/images and kuberuntime). */
export function neverBegan(pod: Pod): ClusterEnd | undefined {
  const state = agentStatus(pod)?.state;
  const {reason = '', message} = state?.waiting ?? {};
  const words = joined(reason, message);
  if (/^(ErrImage|ImagePull|InvalidImageName|ImageInspect|RegistryUnavailable)/.test(reason)) {
    return {reason: 'image_pull', words};
  }
  if (/^(CreateContainer|RunContainer|StartError|ContainerCannotRun)/.test(reason)) {
    return {reason: 'container_config', words};
  }
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return {reason: 'unschedulable', words: joined(scheduled.reason, scheduled.message)};
}

function joined(reason: string | undefined, message: string | undefined): string {
  return [reason, message].filter(part => part !== undefined && part !== '').join(': ');
}

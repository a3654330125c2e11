import type {Pod} from '../../kube/cluster.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {agentStatus} from '../../pod/state.ts';
import type {AgentState} from './agent-view.ts';

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
export function waitWords(pod: Pod): Why {
  const waiting = agentStatus(pod)?.state?.waiting;
  if (waiting?.reason !== undefined) {
    const words = WAITING[waiting.reason] ?? `its container waits: ${waiting.reason}`;
    return {reason: waiting.reason, words: joined(words, waiting.message)};
  }
  const scheduled = pod.status?.conditions?.find(({type}) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    const reason = scheduled.reason ?? 'Unschedulable';
    return {reason, words: joined('no node takes it', scheduled.message)};
  }
  if (pod.spec?.nodeName === undefined) return {words: 'waits for the scheduler'};
  return {words: agentStatus(pod)?.state?.running ? 'is being launched' : 'waits for its node'};
}

/** How an agent ended, or what is special about one that runs; undefined when there is nothing to say. */
export function endWords(pod: Pod, state: AgentState): Why | undefined {
  switch (state) {
    case 'stopping':
      return {words: 'its pod is being deleted'};
    case 'lost':
      return {
        reason: 'NodeLost',
        words: `node ${pod.spec?.nodeName ?? ''} does not report any more`,
      };
    case 'success':
      return {words: 'ended, exit code 0'};
    case 'failed':
      return failure(pod);
    default:
      return special(pod);
  }
}

function failure(pod: Pod): Why {
  const {reason, message} = pod.status ?? {};
  const ended = agentStatus(pod)?.state?.terminated;
  if (ended?.reason === 'OOMKilled') {
    return {
      reason: ended.reason,
      words: 'killed: it used more memory than GC_K8S_MEM_LIMIT allows',
    };
  }
  if (reason !== undefined) return {reason, words: joined(POD_REASONS[reason] ?? reason, message)};
  if (ended === undefined) return {words: 'its pod failed'};
  const code = `exit code ${ended.exitCode}`;
  const signal = ended.exitCode > 128 ? SIGNALS[ended.exitCode - 128] : undefined;
  return {
    ...(ended.reason === undefined ? {} : {reason: ended.reason}),
    words: signal === undefined ? `ended, ${code}` : `ended by ${signal} (${code})`,
  };
}

/** `status.reason` of failed pods (kubelet eviction, node shutdown, scheduler preemption). */
const POD_REASONS: Readonly<Record<string, string>> = {
  Evicted: 'evicted from its node',
  DeadlineExceeded: 'its time was up',
  NodeLost: 'its node was lost',
  NodeShutdown: 'its node was shut down',
  Terminated: 'its node was shut down',
  Preempting: 'had to make room for a pod of higher priority',
  UnexpectedAdmissionError: 'its node did not take it',
};

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

function special(pod: Pod): Why | undefined {
  const annotations = pod.metadata.annotations ?? {};
  if (annotations[ANNOTATION.startedAt] !== undefined) return undefined;
  if (annotations[ANNOTATION.provisionedAt] !== undefined) {
    return {words: 'a box, in which gc starts the agent itself'};
  }
  return {words: 'made by another provider; only its terminal knows more'};
}

/** One line, however the cluster broke its own. */
function joined(words: string, message: string | undefined): string {
  if (message === undefined || message === '') return words;
  return `${words}: ${message.trim().replaceAll(/\s*\n\s*/g, ' ')}`;
}

/** Where a run stands; it only ever moves to the right, and ends in one of the last four. */
export const RUN_STATES = [
  ...(['created', 'starting', 'running'] as const),
  ...(['success', 'failed', 'timeout', 'cancelled'] as const),
];
export type RunState = (typeof RUN_STATES)[number];

/** Why a run ended as it did, as one word for programs. */
export type EndReason =
  /** The agent's command ended by itself. */
  | 'completed'
  | 'exit_code'
  | 'signal'
  | 'oom_killed'
  /** Its terminal was closed, or its PID 1 killed, before it could say how it ended. */
  | 'terminal_lost'
  /** Ended on request: its time was up, `cancel`, `stop` or whoever deleted the pod. */
  | 'timeout'
  | 'cancelled'
  | 'stopped'
  /** The cluster took it away. */
  | 'evicted'
  | 'preempted'
  | 'node_lost'
  /** Somebody else deleted its pod, and nobody saw why: a drain of the node, or a hand. */
  | 'deleted'
  /** It never began. */
  | 'image_pull'
  | 'container_config'
  | 'unschedulable'
  | 'quota'
  | 'start_failed'
  | 'unknown';

export interface StateChange {
  readonly state: RunState;
  /** RFC 3339. */
  readonly at: string;
}

/** A file that the agent left in $GC_ARTIFACTS_DIR. */
export interface Artifact {
  /** Absolute, as the agent saw it. */
  readonly path: string;
  readonly size: number;
  /** Octal, as `stat -c %a` says it. */
  readonly mode: string;
  readonly sha256: string;
}

/**
 * One run of an agent: what is known of it, whether from its pod or from its record. Times are
 * RFC 3339, as the pod's node or the API server told them.
 */
export interface Run {
  readonly version: 1;
  /** The pod's uid. */
  readonly id: string;
  readonly session: string;
  /** The `gc-agent` label. */
  readonly agent?: string;
  readonly namespace: string;
  readonly pod: string;
  readonly node?: string;
  readonly image?: string;
  readonly state: RunState;
  /** Oldest first. */
  readonly history: readonly StateChange[];
  readonly createdAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** From its agent's start to its end, or to now. */
  readonly durationSeconds?: number;
  readonly exitCode?: number;
  /** The number of the signal that ended the agent. */
  readonly signal?: number;
  /** Only of an ended run. */
  readonly reason?: EndReason;
  /** The end in plain words, with what the cluster said; only of a run that did not succeed. */
  readonly error?: string;
  /** The workspace's path in the pod, and its size when it was last measured. */
  readonly workspace: string;
  readonly workspaceBytes?: number;
  /** The log of the agent's output in the pod. */
  readonly outputLog: string;
  /** The last lines on the agent's terminal, without those that held a secret. */
  readonly lastLines?: readonly string[];
  readonly artifacts?: readonly Artifact[];
  /** Files in the artifacts directory that were refused, with the reason. */
  readonly artifactErrors?: readonly string[];
}

const STATE_OF_END: Partial<Record<EndReason, RunState>> = {
  completed: 'success',
  timeout: 'timeout',
  cancelled: 'cancelled',
  stopped: 'cancelled',
};

export function stateOfEnd(reason: EndReason): RunState {
  return STATE_OF_END[reason] ?? 'failed';
}

export function isOver(state: RunState): boolean {
  return RUN_STATES.indexOf(state) >= RUN_STATES.indexOf('success');
}

/** The later of two accounts of one run: the state decides, and of two ends the first one told. */
export function later(one: Run, other: Run): Run {
  if (isOver(one.state)) return one;
  return RUN_STATES.indexOf(other.state) > RUN_STATES.indexOf(one.state) ? other : one;
}

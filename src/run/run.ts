/** The states of a run, in order: it only moves to the right, and ends in one of the last four. */
export const RUN_STATES = [
  ...(['created', 'starting', 'running'] as const),
  ...(['success', 'failed', 'timeout', 'cancelled'] as const),
];
export type RunState = (typeof RUN_STATES)[number];

/** Why a run ended, as one word for programs. */
export type EndReason =
  /** The agent's command ended by itself. */
  | 'completed'
  | 'exit_code'
  | 'signal'
  | 'oom_killed'
  /** Its terminal was closed, or its PID 1 killed, before the end was reported. */
  | 'terminal_lost'
  /** Ended on request: by its time limit, `cancel`, or `stop` (or another deletion of the pod). */
  | 'timeout'
  | 'cancelled'
  | 'stopped'
  /** Ended by the cluster. */
  | 'evicted'
  | 'preempted'
  | 'node_lost'
  /** Its pod was deleted for an unknown reason, such as a node drain or by hand. */
  | 'deleted'
  /** It never started. */
  | 'image_pull'
  | 'container_config'
  | 'unschedulable'
  | 'quota'
  | 'start_failed'
  /** Nobody saw how it ended before its pod was deleted. It may have succeeded. */
  | 'unknown';

export interface StateChange {
  readonly state: RunState;
  /** RFC 3339. */
  readonly at: string;
}

/** A file in $GC_ARTIFACTS_DIR. */
export interface Artifact {
  /** Absolute, in the agent's container. */
  readonly path: string;
  readonly size: number;
  /** Octal, as printed by `stat -c %a`. */
  readonly mode: string;
  readonly sha256: string;
}

/**
 * One run of an agent, from its pod or its record. Times are RFC 3339, by the clock of the pod's node or
 * of the API server.
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
  /** From the agent's start to its end, or to now. */
  readonly durationSeconds?: number;
  readonly exitCode?: number;
  /** The number of the signal that ended the agent. */
  readonly signal?: number;
  /** Only for an ended run. */
  readonly reason?: EndReason;
  /** The end as a sentence, with the cluster's message; only for a run that did not succeed. */
  readonly error?: string;
  /** The workspace's path in the pod, and its size at the last measurement. */
  readonly workspace: string;
  readonly workspaceBytes?: number;
  /** The path in the pod of the log of the agent's output. */
  readonly outputLog: string;
  /** The last lines of the agent's terminal, except those that contained a secret. */
  readonly lastLines?: readonly string[];
  readonly artifacts?: readonly Artifact[];
  /** Rejected files of the artifacts directory, each with the reason. */
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

/** A state as it is shown and counted: `unknown` for an end that nobody saw, `failed` in the record. */
export type ReportedState = RunState | 'unknown';

export function reportedState({state, reason}: Pick<Run, 'state' | 'reason'>): ReportedState {
  return reason === 'unknown' ? 'unknown' : state;
}

export function isOver(state: RunState): boolean {
  return RUN_STATES.indexOf(state) >= RUN_STATES.indexOf('success');
}

/** The more advanced of two views of the same run; of two ends, the first argument wins. */
export function laterOf(one: Run, other: Run): Run {
  if (isOver(one.state)) return one;
  return RUN_STATES.indexOf(other.state) > RUN_STATES.indexOf(one.state) ? other : one;
}

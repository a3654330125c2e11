/**
 * The failures that this project distinguishes. The message of each says in one line what was wanted, what
 * happened and what to do next. Which exit code a failure has is decided in `cli/failure.ts` alone.
 */
abstract class NamedError extends Error {
  /** A stable word for logs and tests. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A wrong argument, or a wrong field of the JSON on stdin; the message names it. */
export class UsageError extends NamedError {
  readonly code = 'usage';
}

/** A wrong setting or kubeconfig; the message names the variable or the file. */
export class SettingsError extends NamedError {
  readonly code = 'settings';
}

/** The session runs already. gc recognises this failure by the words "already exists". */
export class SessionExistsError extends NamedError {
  readonly code = 'session-exists';

  constructor(session: string, pod: string) {
    super(`session "${session}" already exists: it runs in pod ${pod}`);
  }
}

/** Another `start` is making the session's pod at this moment: to gc, which will ask again, no "already exists". */
export class SessionStartingError extends NamedError {
  readonly code = 'session-starting';
}

/** The session has no pod that runs. Most operations take that for success and print nothing. */
export class SessionAbsentError extends NamedError {
  readonly code = 'session-absent';
}

/** The pod cannot start, or ended; the message carries the kubelet's and the scheduler's words. */
export class PodFailedError extends NamedError {
  readonly code = 'pod-failed';
}

/** The agent's terminal ended while `start` watched it; the message carries its last lines. */
export class AgentDiedError extends NamedError {
  readonly code = 'agent-died';
}

/** A script in the pod failed, although the exec itself worked. */
export class PodCommandError extends NamedError {
  readonly code = 'pod-command';
}

/** The exec connection broke. A command's own exit code is a value, never this. */
export class PodExecError extends NamedError {
  readonly code = 'exec-transport';
  /** False only when the command surely never ran, so that it may be sent again. */
  readonly mayHaveRun: boolean;

  constructor(message: string, options: ErrorOptions & {mayHaveRun: boolean}) {
    super(message, options);
    this.mayHaveRun = options.mayHaveRun;
  }
}

/** The operation's time is up; the message names the step that was waiting. */
export class DeadlineError extends NamedError {
  readonly code = 'deadline';
}

/** SIGINT, SIGTERM or SIGHUP ended the operation. */
export class InterruptedError extends NamedError {
  readonly code = 'interrupted';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals, message = `interrupted by ${signal}`) {
    super(message);
    this.signal = signal;
  }
}

/** The kinds of failed requests that callers handle differently. */
export type KubeFailure =
  | 'notFound'
  | 'exists'
  | 'conflict'
  | 'invalid'
  | 'forbidden'
  | 'unauthorized'
  | 'tooLarge'
  | 'gone'
  | 'throttled'
  | 'unavailable'
  | 'unreachable';

/** A request to the API server failed; raised by `kube/` alone. */
export class KubeError extends NamedError {
  readonly code: string;
  readonly failure: KubeFailure;
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  /** The server's own words (`Status.message`), or the socket's. */
  readonly detail: string;
  /** Seconds after which the server asked to be called again. */
  readonly retryAfterSeconds: number | undefined;
  /**
   * True when the request may have taken effect although it failed: it was sent and the answer
   * was lost or came from something between (5xx). A writer must look before it writes again.
   */
  readonly outcomeUnknown: boolean;
  /** In a 410 to a list: the continue token that fetches the rest of it, in its present state. */
  readonly continueToken: string | undefined;

  constructor(message: string, facts: KubeErrorFacts) {
    super(message, facts.cause === undefined ? undefined : {cause: facts.cause});
    this.code = `kube-${facts.failure}`;
    this.failure = facts.failure;
    this.status = facts.status;
    this.detail = facts.detail;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.outcomeUnknown = facts.outcomeUnknown;
    this.continueToken = facts.continueToken;
  }
}

export interface KubeErrorFacts {
  readonly failure: KubeFailure;
  readonly status: number;
  readonly detail: string;
  readonly retryAfterSeconds?: number | undefined;
  readonly outcomeUnknown: boolean;
  readonly continueToken?: string | undefined;
  readonly cause?: unknown;
}

/** True for a KubeError of one of these kinds, of any when none is named. */
export function isKubeFailure(error: unknown, ...failures: KubeFailure[]): error is KubeError {
  if (failures.length === 0) return error instanceof KubeError;
  return error instanceof KubeError && failures.includes(error.failure);
}

/** What an error says, in its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * gc takes "already exists", anywhere on stderr, for "this session runs already". git and mkdir say it too,
 * and agents print it, so it is reworded wherever it means something else.
 */
export function withoutExists(text: string): string {
  return text.replaceAll(/already(\s+)exists/gi, 'is there$1already');
}

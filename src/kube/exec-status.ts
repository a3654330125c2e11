import {isKubeFailure, KubeError, PodExecError, SettingsError} from '../errors.ts';
import {describe, type Intent, type Status} from './failure.ts';

/**
 * The exit code that a Status frame reports. Raises PodExecError, or KubeError `unavailable` with
 * the kubelet's words, when the Status tells of a command that never ran: the container is not
 * there, its node cannot be reached, the program is not in the image.
 */
export function exitCodeOf(intent: Intent, status: Status): number {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({reason}) => reason === 'ExitCode');
  if (cause?.message !== undefined && /^\d+$/.test(cause.message)) return Number(cause.message);
  const words = status.message ?? 'no reason given';
  const where = describe({...intent, verb: 'exec in', resource: 'pod'});
  if (NEVER_RAN.test(words)) throw notRunning(where, words);
  if (isMissingProgram(words)) {
    throw new PodExecError(`${where}: ${words}; the image lacks this program`, {mayHaveRun: false});
  }
  throw new PodExecError(`${where}: ${words}`, {mayHaveRun: true});
}

/** True when an exec failed because its container does not run: not yet, or no more. */
export function isContainerAbsent(error: unknown): error is KubeError {
  if (!(error instanceof KubeError)) return false;
  return CONTAINER_ABSENT.test(error.detail);
}

/** Words of the kubelet (1.34) and of containerd for a container that does not run. */
const CONTAINER_ABSENT =
  /container not found|pod does not exist|cannot exec (in|into) a (container in a )?(stopped|completed|deleted)|current phase is|no running task|is in .*(exited|unknown|created).* state|not running|does not have a host assigned/i;

/** …and for a node that cannot be reached: nothing ran, so another try is safe. */
const NODE_UNREACHABLE =
  /error dialing backend|unable to upgrade connection|connection refused|no route to host|i\/o timeout/i;

const NEVER_RAN = new RegExp(`${CONTAINER_ABSENT.source}|${NODE_UNREACHABLE.source}`, 'i');

function isMissingProgram(words: string): boolean {
  return /executable file not found|no such file or directory/i.test(words);
}

function notRunning(where: string, words: string): KubeError {
  return new KubeError(`${where}: ${words}`, {
    failure: 'unavailable',
    status: 500,
    detail: words,
    outcomeUnknown: false,
  });
}

/**
 * An exec over WebSocket is a GET, so RBAC asks for verb `get`, and from Kubernetes 1.35 on for
 * `create` too (KEP-4006); Gas City's older guide grants `create` alone.
 */
export function execRefusal(error: KubeError): KubeError {
  return new KubeError(
    `${error.message}; grant verbs "get" and "create" on pods/exec, "create" alone is not enough for WebSockets`,
    error,
  );
}

/** Servers before 1.30 refuse a subprotocol they do not know with a 403 that is no Status (golang.org/x/net/websocket). */
export function isProtocolRefusal(error: unknown): boolean {
  return (
    isKubeFailure(error, 'forbidden') &&
    (error.detail === '' || error.detail.includes('protocol(s) are not supported'))
  );
}

export function protocolRefusal(intent: Intent, origin: string, protocol: string): SettingsError {
  return new SettingsError(
    `${describe(intent)}: the server at ${origin} does not speak ${protocol}; gc-k8s needs Kubernetes 1.30 or newer, and a proxy before it must pass WebSockets through`,
  );
}

import {isKubeFailure, KubeError, PodExecError, SettingsError} from '../errors.ts';
import {describe, type Intent, type Status} from './failure.ts';

/**
 * The exit code in the Status frame that ends an exec. Raises KubeError `unavailable`, with the kubelet's
 * words, when the container does not run or its node cannot be reached, and PodExecError when the image
 * lacks the program or the Status says nothing about an exit code.
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

/** True when an exec failed because its container does not run yet, or no longer. */
export function isContainerAbsent(error: unknown): error is KubeError {
  if (!(error instanceof KubeError)) return false;
  return CONTAINER_ABSENT.test(error.detail);
}

/** True when an exec failed because the API server could not get to the pod's node: it never ran. */
export function isNodeUnreachable(error: unknown): boolean {
  return isKubeFailure(error, 'unavailable') && NODE_UNREACHABLE.test(error.detail);
}

/** Messages of the kubelet (1.34) and of containerd about a container that does not run. */
const CONTAINER_ABSENT =
  /container not found|pod does not exist|cannot exec (in|into) a (container in a )?(stopped|completed|deleted)|current phase is|no running task|is in .*(exited|unknown|created).* state|not running|does not have a host assigned/i;

/** Messages about a node that cannot be reached: nothing ran, so that another try is safe. */
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
 * Adds to a refusal which verbs an exec needs. Over WebSocket it is a GET, for which RBAC asks for `get`,
 * and from Kubernetes 1.35 on also for `create` (KEP-4006); Gas City's older guide grants `create` alone.
 */
export function execRefusal(error: KubeError): KubeError {
  return new KubeError(
    `${error.message}; grant verbs "get" and "create" on pods/exec, "create" alone is not enough for WebSockets`,
    error,
  );
}

/** True for the answer of a server before 1.30 to a subprotocol it does not know: a 403 without a Status (golang.org/x/net/websocket). */
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

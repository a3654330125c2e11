import {DeadlineError, isKubeFailure, PodCommandError, PodExecError} from '../errors.ts';
import type {ExecRequest, ExecResult} from '../kube/cluster.ts';
import {isContainerAbsent, isNodeUnreachable} from '../kube/exec-status.ts';
import {isTransient} from '../kube/failure.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {AGENT_CONTAINER} from '../pod/labels.ts';
import {podNames} from '../pod/names.ts';
import {belongsTo, sessionState, type SessionState} from '../pod/state.ts';
import type {Deadline} from '../time/deadline.ts';
import {backoffMs, sleep} from '../time/sleep.ts';
import {OpenStdin} from './open-stdin.ts';
import type {SessionPlace} from './session-place.ts';
import drain from './scripts/drain.sh';
import going from './scripts/going.sh';
import prelude from './scripts/prelude.sh';

/** A script to run in a session's pod, behind prelude.sh. */
export interface Script {
  readonly text: string;
  /** Its positional parameters. The API server's audit log shows them: never a secret. */
  readonly args?: readonly string[];
  /** Its stdin; a stream is made anew for every try. */
  readonly stdin?: Buffer | (() => AsyncIterable<Buffer>);
  /** True when `stdin` ends only with the exec, and what of it is unread is little. */
  readonly keepsStdinOpen?: boolean;
  /**
   * In place of `stdin`: bytes of one that stays open behind them until the exec ends. A script that is
   * sent more than UNREAD_LIMIT takes the EXIT trap of drain.sh away once it has read them.
   */
  readonly openStdin?: Buffer;
  readonly onStdout?: (piece: Buffer) => void;
  /** Called in each try when the server has accepted the exec. */
  readonly onAccepted?: () => void;
  /**
   * What to do when the connection broke while the script may have run. `safe`: run it again. `never`:
   * raise; such a script must do nothing before all of its stdin has come. A function: run it again with
   * the arguments that the function makes of the last ones.
   */
  readonly again: 'safe' | 'never' | ((args: readonly string[]) => readonly string[]);
}

/** Exit code and messages of prelude.sh and going.sh. */
const OURS = 93;
const OTHER_SESSION = 'gc:other\n';
const NO_SESSION = 'gc:absent\n';
const GOING = 'gc:going\n';

/** A script's result, and the pod that it is from. */
export interface SessionResult extends ExecResult {
  readonly pod: string;
}

/**
 * Runs a script in the session's pod and gives its result; undefined when the session is absent: no pod,
 * no running container, or no tmux session in it. Sends the exec to the pod's name without a GET before.
 * Retries after lost connections until the deadline, as far as `again` allows.
 */
export async function runInSession(
  place: SessionPlace,
  script: Script,
): Promise<SessionResult | undefined> {
  const first = await resultsInSession(place, script).next();
  return first.done ? undefined : first.value;
}

/**
 * The same in one pod of the session after the other, for as long as results are asked for. As `findPod`
 * does, it takes one that is alive before one that is on its way out.
 */
export async function* resultsInSession(
  place: SessionPlace,
  script: Script,
): AsyncGenerator<SessionResult, void> {
  const left: string[] = [];
  for (const pod of podNames(place.session)) {
    const outcome = await runInPod(
      {...place, pod, guard: place.session, leavesGoing: true},
      script,
    );
    if (typeof outcome === 'object') yield {...outcome, pod};
    else if (outcome === 'going') left.push(pod);
  }
  for (const pod of left) {
    const outcome = await runInPod({...place, pod, guard: place.session}, script);
    if (typeof outcome === 'object') yield {...outcome, pod};
  }
}

/** As `runInSession`, but raises PodCommandError with the script's stderr when it does not exit 0. */
export async function succeedInSession(
  place: SessionPlace,
  script: Script,
): Promise<SessionResult | undefined> {
  const result = await runInSession(place, script);
  if (result === undefined || result.exitCode === 0) return result;
  const words = result.stderr.toString().trim() || `exit code ${result.exitCode}`;
  throw new PodCommandError(`tmux in the pod of session "${place.session}" refused: ${words}`);
}

/** A pod that may be the session's. */
export interface PodPlace extends SessionPlace {
  readonly pod: string;
  /** The session that prelude.sh checks the pod for; empty when the pod's annotation was checked already. */
  readonly guard: string;
  /** True when the script is not for a pod that is being deleted. */
  readonly leavesGoing?: boolean;
}

/** An exec that was not accepted for so long is tried on another connection; a busy node takes seconds. */
export const ACCEPT_WITHIN_MS = 12_000;

/**
 * An exec in whose connection not even pings were answered for so long is run again: of gc's 30 s there
 * must be some left. The API server answers pings itself, however busy the node is.
 */
export const SILENCE_LIMIT_MS = 12_000;

/**
 * Its result; `absent`: the pod has no session; `elsewhere`: the pod is missing, or another session's;
 * `going`: it is left as `leavesGoing` says.
 */
export type Outcome = ExecResult | 'absent' | 'elsewhere' | 'going';

/** Runs a script in one pod; see `runInSession`. */
export async function runInPod(place: PodPlace, script: Script): Promise<Outcome> {
  let {guard} = place;
  let args = script.args ?? [];
  let cause: Error | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await execIn(place, guard, {...script, args});
      const word = result.exitCode === OURS ? result.stderr.toString() : '';
      if (word.endsWith(NO_SESSION)) return 'absent';
      if (word.endsWith(GOING)) return 'going';
      if (!word.endsWith(OTHER_SESSION)) return result;
      // In a pod of another provider the variable that prelude.sh checks may be missing: ask the API server.
      const state = await stateOf(place);
      if (state === undefined) return 'elsewhere';
      if (state === 'ended' && place.leavesGoing) return 'going';
      guard = '';
    } catch (error) {
      // The time was up during this try: the failure of the one before says more.
      if (cause !== undefined && place.deadline.signal.reason instanceof DeadlineError) throw cause;
      const outcome = await afterFailure(place, error, script.again);
      if (outcome !== 'again') return outcome;
      if (attempt === 0 && place.leavesGoing && isNodeUnreachable(error)) {
        if ((await stateOf(place)) === 'ended') return 'going';
      }
      cause = error as Error;
      if (typeof script.again === 'function' && mayHaveRun(error)) args = script.again(args);
      await pause(attempt, place.deadline, error);
    }
  }
}

async function execIn(place: PodPlace, guard: string, script: Script): Promise<ExecResult> {
  const request = execRequest(place, guard, script);
  if (script.openStdin === undefined) return place.cluster.exec(request);
  const stdin = new OpenStdin(script.openStdin, place.deadline.signal);
  const onStderr = (piece: Buffer) => stdin.hear(piece);
  const result = await place.cluster.exec({...request, stdin: stdin.pieces(), onStderr});
  return {...result, stderr: stdin.stderr};
}

function execRequest({pod, leavesGoing}: PodPlace, guard: string, script: Script): ExecRequest {
  return {
    pod,
    container: AGENT_CONTAINER,
    command: ['sh', '-c', textOf(script, leavesGoing), 'gc', guard, ...(script.args ?? [])],
    ...(script.stdin === undefined
      ? {}
      : {stdin: Buffer.isBuffer(script.stdin) ? script.stdin : script.stdin()}),
    ...(script.onStdout === undefined ? {} : {onStdout: script.onStdout}),
    ...(script.onAccepted === undefined ? {} : {onAccepted: script.onAccepted}),
    ...(script.again === 'never'
      ? {}
      : {acceptWithinMs: ACCEPT_WITHIN_MS, silenceLimitMs: SILENCE_LIMIT_MS}),
  };
}

/**
 * Bytes of stdin that a command may leave unread. Of more, a real cluster (seen with 1.34, from 64 KiB
 * on, by kubectl too) may never say that the command ended, or call its failure a success.
 */
const UNREAD_LIMIT = 32 * 1024;

function textOf(
  {text, openStdin, stdin = openStdin, keepsStdinOpen = false}: Script,
  leavesGoing = false,
): string {
  const isLong = Buffer.isBuffer(stdin) ? stdin.length > UNREAD_LIMIT : stdin !== undefined;
  const before = isLong && !keepsStdinOpen ? [drain] : [];
  return [...before, prelude, ...(leavesGoing ? [going] : []), text].join('\n');
}

async function afterFailure(
  place: PodPlace,
  error: unknown,
  again: Script['again'],
): Promise<'again' | 'absent' | 'elsewhere'> {
  if (isKubeFailure(error, 'notFound')) return 'elsewhere';
  if (isContainerAbsent(error)) return (await isLiveSession(place)) ? 'again' : 'absent';
  // Before the upgrade was answered no byte of stdin was sent: a script that waits for it did nothing.
  if (error instanceof PodExecError && error.mayHaveRun) {
    if (again === 'never') throw error;
    return 'again';
  }
  if (isTransient(error) || (error instanceof PodExecError && !isFinal(error))) return 'again';
  throw error;
}

/** True also when the connection broke before the server answered the exec. */
function mayHaveRun(error: unknown): boolean {
  if (isKubeFailure(error, 'unreachable')) return error.outcomeUnknown;
  return error instanceof PodExecError && error.mayHaveRun;
}

/** True when another try cannot help: the image lacks the program. */
function isFinal(error: PodExecError): boolean {
  return error.message.includes('lacks this program');
}

/** What the API server knows of the pod; undefined when there is none, or another session's. */
async function stateOf({cluster, pod, session}: PodPlace): Promise<SessionState | undefined> {
  const found = await absentAsUndefined(cluster.pods.get(pod));
  return found && belongsTo(found, session) ? sessionState(found) : undefined;
}

/** Whether a container that took no exec belongs to a session that is alive, and so may take one later. */
async function isLiveSession(place: PodPlace): Promise<boolean> {
  const state = await stateOf(place);
  return state === 'running' || state === 'unknown';
}

/** Waits before another try; raises the failure of the last one when there is no time for that. */
async function pause(attempt: number, deadline: Deadline, error: unknown): Promise<void> {
  const askedMs = isKubeFailure(error) ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  const waitMs = deadline.pauseMs(Math.max(askedMs, backoffMs(attempt)));
  if (waitMs === undefined) throw error;
  await sleep(waitMs, deadline.signal);
}

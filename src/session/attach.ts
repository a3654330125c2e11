import {nowMs} from '../time/now.ts';
import {createHash} from 'node:crypto';
import {hostname} from 'node:os';
import {
  InterruptedError,
  isKubeFailure,
  messageOf,
  PodExecError,
  SessionAbsentError,
  UsageError,
} from '../errors.ts';
import type {TerminalRequest} from '../kube/cluster.ts';
import {isContainerAbsent} from '../kube/exec-status.ts';
import {isTransient} from '../kube/failure.ts';
import {log} from '../log.ts';
import {findPod} from '../pod/find.ts';
import {AGENT_CONTAINER} from '../pod/labels.ts';
import {sessionState} from '../pod/state.ts';
import {Deadline} from '../time/deadline.ts';
import {backoffMs, sleep} from '../time/sleep.ts';
import {ACCEPT_WITHIN_MS, SILENCE_LIMIT_MS} from '../tmux/in-session.ts';
import attachScript from '../tmux/scripts/attach.sh';
import detachScript from '../tmux/scripts/detach.sh';
import type {SessionCall} from './operation.ts';

/** For how long a lost connection is tried again before attach gives up. */
const RECONNECT_MS = 60_000;

/** How long detaching in the pod may take after a signal: gc kills the process after 2 s. */
const DETACH_MS = 1_300;

/** attach.sh's exit code for "no session". */
const ABSENT = 93;

/**
 * Connects the user's terminal to the agent's until the user detaches or the agent's terminal ends; gives
 * tmux's exit code. Reconnects after a lost connection: tmux keeps the screen. Restores the user's terminal
 * however it ends. Raises UsageError without a terminal, SessionAbsentError when the session does not run.
 */
export async function attach(call: SessionCall): Promise<number> {
  const {input, output} = call.streams;
  if (!input.isTTY || !output.isTTY) {
    throw new UsageError(
      'attach needs a terminal on stdin and stdout; for scripts there are `peek` and `nudge` of gc-session-k8s',
    );
  }
  const pod = await attachablePod(call);
  const restore = () => void input.setRawMode(false);
  process.once('exit', restore);
  try {
    return await stayAttached(call, pod);
  } catch (error) {
    restore();
    if (error instanceof InterruptedError) await detach(call, pod);
    throw error;
  } finally {
    restore();
    input.pause();
  }
}

/**
 * Ends the tmux client in the pod, which does not notice that its connection is gone: `is-attached` would
 * go on answering true, and the window would keep its size.
 */
async function detach({cluster, session, env}: SessionCall, pod: string): Promise<void> {
  const deadline = new Deadline(DETACH_MS);
  const command = ['sh', '-c', detachScript, 'gc', terminalId(session, env)];
  try {
    await cluster.within(deadline).exec({pod, container: AGENT_CONTAINER, command});
  } catch (error) {
    log.warn('attach.detach', {error: messageOf(error)});
  } finally {
    deadline.clear();
  }
}

async function attachablePod({cluster, session}: SessionCall): Promise<string> {
  const pod = await findPod(cluster, session);
  const state = pod && sessionState(pod);
  if (!pod || state === 'ended' || state === 'starting') {
    throw new SessionAbsentError(
      `session "${session}" does not run${pod ? ` (pod ${pod.metadata.name}: ${state ?? ''})` : ''}`,
    );
  }
  return pod.metadata.name;
}

async function stayAttached(call: SessionCall, pod: string): Promise<number> {
  const {session, deadline} = call;
  let lostAtMs: number | undefined;
  for (let attempt = 0; ; attempt++) {
    const openedAtMs = nowMs();
    try {
      const code = await call.cluster.execTerminal(terminalRequest(call, pod));
      if (code === ABSENT)
        throw new SessionAbsentError(`session "${session}" has no terminal any more`);
      return code;
    } catch (error) {
      if (!isLostConnection(error) || isContainerAbsent(error)) throw error;
      // Ctrl-C goes to nobody while there is no connection: it ends the waiting, as a signal.
      call.streams.input.setRawMode(false);
      // A connection that held for a while starts the time for reconnecting again.
      if (lostAtMs === undefined || nowMs() - openedAtMs > RECONNECT_MS) {
        [lostAtMs, attempt] = [nowMs(), 0];
      }
      if (nowMs() - lostAtMs > RECONNECT_MS) throw error;
      await sleep(backoffMs(attempt), deadline.signal);
    }
  }
}

function isLostConnection(error: unknown): boolean {
  return error instanceof PodExecError || isTransient(error) || isKubeFailure(error, 'unavailable');
}

function terminalRequest({streams, session, env}: SessionCall, pod: string): TerminalRequest {
  const {input, output} = streams;
  const size = () => ({columns: output.columns, rows: output.rows});
  return {
    pod,
    container: AGENT_CONTAINER,
    command: ['sh', '-c', attachScript, 'gc', env.TERM ?? '', terminalId(session, env)],
    acceptWithinMs: ACCEPT_WITHIN_MS,
    silenceLimitMs: SILENCE_LIMIT_MS,
    onAccepted: () => void input.setRawMode(true),
    input,
    output,
    size,
    onResize: listener => {
      const onResize = () => listener(size());
      output.on('resize', onResize);
      return () => output.off('resize', onResize);
    },
  };
}

/** An id that is the same for every attach from one terminal of this machine, and from no other. */
function terminalId(session: string, env: NodeJS.ProcessEnv): string {
  const terminal = [hostname(), process.ppid, env.TMUX_PANE, env.WINDOWID, session];
  return createHash('sha256').update(terminal.join('\n')).digest('hex').slice(0, 16);
}

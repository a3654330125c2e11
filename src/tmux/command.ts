import {PodCommandError, PodExecError, SessionAbsentError} from '../errors.ts';
import {runInSession} from './in-session.ts';
import {press, type} from './keyboard.ts';
import type {SessionPlace} from './session-place.ts';
import commandScript from './scripts/command.sh';
import {terminalCommand} from './terminal-command.ts';

/**
 * Runs a shell command in the session's pod, hands on its output as it comes, and gives its exit code.
 * Commands in which gc types into the terminal are run as `nudge` and `send-keys` are, retries included,
 * because gc ignores their exit code. Raises SessionAbsentError when there is no pod, PodExecError
 * when the command did not arrive whole, and PodCommandError when the image lacks what reads it.
 */
export async function runCommand(
  place: SessionPlace,
  command: Buffer,
  onOutput: (piece: Buffer) => void,
): Promise<number> {
  // latin1 keeps every byte: the text need not be UTF-8.
  const form = terminalCommand(command.toString('latin1'));
  if (form?.kind === 'type') {
    await type(place, Buffer.from(form.text, 'latin1'));
    return 0;
  }
  if (form?.kind === 'press') {
    await press(
      place,
      form.keys.map(key => Buffer.from(key, 'latin1').toString()),
    );
    return 0;
  }
  const result = await runInSession(place, {
    text: commandScript,
    args: [String(command.length), /new-session|respawn/.test(command.toString()) ? 'tmux' : ''],
    openStdin: command,
    onStdout: onOutput,
    again: 'never',
  });
  if (result === undefined) {
    throw new SessionAbsentError(`session "${place.session}" has no pod to run a command in`);
  }
  const word = result.stderr.toString();
  if (word.endsWith('gc:no-head\n')) {
    throw new PodCommandError(
      `cannot run a command in the pod of session "${place.session}": its image has no head; install it in the image that GC_K8S_IMAGE names`,
    );
  }
  if (word.endsWith('gc:incomplete\n')) {
    throw new PodExecError('the command did not arrive whole in the pod', {mayHaveRun: false});
  }
  return result.exitCode;
}

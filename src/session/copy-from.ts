import {PodCommandError, PodExecError, SessionAbsentError} from '../errors.ts';
import type {ExecResult} from '../kube/cluster.ts';
import {runInSession, type Script} from '../tmux/in-session.ts';
import type {SessionPlace} from '../tmux/session-place.ts';
import packScript from '../tmux/scripts/pack.sh';
import readFileScript from '../tmux/scripts/read-file.sh';
import windowsScript from '../tmux/scripts/windows.sh';

/** The content of a file in the pod. Raises SessionAbsentError, or PodCommandError when there is no such file. */
export async function readFrom(place: SessionPlace, path: string): Promise<Buffer> {
  const result = await present(place, {text: readFileScript, args: [path]});
  const size = Number(result.stderr.toString().trim());
  if (result.stdout.length < size) {
    throw new PodExecError(`${path}: only ${result.stdout.length} of ${size} bytes arrived`, {
      mayHaveRun: true,
    });
  }
  return result.stdout;
}

/**
 * Copies a file, or the content of a directory, from the pod to this machine; see `unpack`. Nothing is made
 * at the destination before all has arrived; until then it is in a file beside it, some MiB of it in memory.
 */
export async function copyFrom(
  place: SessionPlace,
  path: string,
  destination: string,
): Promise<void> {
  const [{Spool}, {unpack}] = await Promise.all([import('./spool.ts'), import('./unpack.ts')]);
  const spool = await Spool.beside(destination);
  try {
    await present(place, {
      text: `${windowsScript}\n${packScript}`,
      args: [path],
      stdin: () => spool.begin(),
      keepsStdinOpen: true,
      onStdout: piece => spool.take(piece),
    });
    await unpack(await spool.whole(), destination);
  } finally {
    await spool.close();
  }
}

async function present(
  place: SessionPlace,
  script: Omit<Script, 'again'> & {readonly args: readonly string[]},
): Promise<ExecResult> {
  const result = await runInSession(place, {...script, again: 'safe'});
  if (result === undefined)
    throw new SessionAbsentError(`session "${place.session}" has no pod to copy from`);
  if (result.exitCode === 0) return result;
  const why = result.stderr.toString().trim().split('\n').pop() ?? '';
  throw new PodCommandError(
    `cannot copy ${script.args[0] ?? ''} from session "${place.session}": ${why}`,
  );
}

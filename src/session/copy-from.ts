import {PodCommandError, PodExecError, SessionAbsentError} from '../errors.ts';
import type {ExecResult} from '../kube/cluster.ts';
import {runInSession, type Script} from '../tmux/in-session.ts';
import type {SessionPlace} from '../tmux/session-place.ts';
import packScript from '../tmux/scripts/pack.sh';
import readFileScript from '../tmux/scripts/read-file.sh';
import windowsScript from '../tmux/scripts/windows.sh';

/** A larger file is not held in memory, which costs an exec more. */
const HELD_LIMIT = 4 * 2 ** 20;

/** Exit code of read-file.sh for a larger file. */
const LARGER = 94;

/**
 * The content of a file in the pod; undefined when that is too much to be held in memory: see `printFrom`.
 * Raises SessionAbsentError, or PodCommandError when there is no such file.
 */
export async function readFrom(place: SessionPlace, path: string): Promise<Buffer | undefined> {
  const script = {text: readFileScript, args: [path, String(HELD_LIMIT)]};
  const result = await ran(place, script);
  if (result.exitCode === LARGER) return undefined;
  checkSize(path, result.stdout.length, succeeded(place, path, result));
  return result.stdout;
}

export interface CopyFromRequest {
  /** As the agent sees it, or below the workspace. */
  readonly path: string;
  readonly destination: string;
  readonly warn: (text: string) => void;
}

/**
 * What GNU tar says of files that an agent writes to, or removes, while they are read. It exits 1 then; the
 * archive is whole, with such a file as long as it was at first, or without it.
 */
const CHANGED =
  /^tar: (.*: (file changed as we read it|(File|Directory) removed before we read it))$/;

/**
 * Prints a file of any size once all of it has arrived: whoever reads it gets no part twice, and none
 * without the others, and may be slower than the time that there is for the exec. Raises as `readFrom`.
 */
export async function printFrom(
  place: SessionPlace,
  path: string,
  print: (piece: Buffer) => Promise<void>,
): Promise<void> {
  const {Spool} = await import('./spool.ts');
  const spool = await Spool.beside('.');
  try {
    const sent = await ran(place, {
      text: `${windowsScript}\n${readFileScript}`,
      args: [path, ''],
      stdin: () => spool.begin(),
      keepsStdinOpen: true,
      onStdout: piece => spool.take(piece),
    });
    const {bytes, content} = await spool.all();
    checkSize(path, bytes, succeeded(place, path, sent));
    for await (const piece of content()) await print(piece);
  } finally {
    await spool.close();
  }
}

/** Servers have called an exec a success of which they lost the last bytes. */
function checkSize(path: string, bytes: number, {stderr}: ExecResult): void {
  const size = Number(stderr.toString().trim());
  if (bytes < size)
    throw new PodExecError(`${path}: only ${bytes} of ${size} bytes arrived`, {mayHaveRun: true});
}

/**
 * Copies a file, or the content of a directory, from the pod to this machine; see `unpack`. Nothing is made
 * at the destination before all has arrived; until then it is in a file beside it, some MiB of it in memory.
 * Files that change meanwhile are warned of.
 */
export async function copyFrom(
  place: SessionPlace,
  {path, destination, warn}: CopyFromRequest,
): Promise<void> {
  const [{Spool}, {unpack}] = await Promise.all([import('./spool.ts'), import('./unpack.ts')]);
  const spool = await Spool.beside(destination);
  try {
    const result = await ran(place, {
      text: `${windowsScript}\n${packScript}`,
      args: [path],
      stdin: () => spool.begin(),
      keepsStdinOpen: true,
      onStdout: piece => spool.take(piece),
    });
    const changed = changes(result);
    if (changed === undefined) succeeded(place, path, result);
    for (const change of changed ?? []) warn(change);
    await unpack(await spool.whole(), destination);
  } finally {
    await spool.close();
  }
}

async function ran(place: SessionPlace, script: Omit<Script, 'again'>): Promise<ExecResult> {
  const result = await runInSession(place, {...script, again: 'safe'});
  if (result === undefined)
    throw new SessionAbsentError(`session "${place.session}" has no pod to copy from`);
  return result;
}

function succeeded({session}: SessionPlace, path: string, result: ExecResult): ExecResult {
  if (result.exitCode === 0) return result;
  const why = result.stderr.toString().trim().split('\n').pop() ?? '';
  throw new PodCommandError(`cannot copy ${path} from session "${session}": ${why}`);
}

/** Which files changed while they were read; undefined unless that is all that tar has to say. */
function changes({exitCode, stderr}: ExecResult): string[] | undefined {
  if (exitCode !== 1) return undefined;
  const lines = stderr.toString().trim().split('\n');
  const words = lines.flatMap(line => CHANGED.exec(line)?.[1] ?? []);
  return words.length === lines.length ? words : undefined;
}

import {statSync} from 'node:fs';
import {posix} from 'node:path';
import {PodCommandError, PodExecError, SessionAbsentError, UsageError} from '../errors.ts';
import type {ExecResult} from '../kube/cluster.ts';
import {below, normal, WORKSPACE} from '../pod/paths.ts';
import {StagingPlan} from '../pod/staging/plan.ts';
import {tarLength, tarOf} from '../pod/staging/tar.ts';
import {planPath} from '../pod/staging/tree.ts';
import {runInSession, succeedInSession, type Script} from '../tmux/in-session.ts';
import type {SessionPlace} from '../tmux/session-place.ts';
import packScript from '../tmux/scripts/pack.sh';
import readFileScript from '../tmux/scripts/read-file.sh';
import unpackScript from '../tmux/scripts/unpack.sh';
import windowsScript from '../tmux/scripts/windows.sh';

export interface CopyRequest {
  readonly source: string;
  /** Below the workspace. */
  readonly path: string;
  readonly warn: (text: string) => void;
}

/**
 * Copies a file, or the content of a directory, into the workspace. A file whose path is a directory in the
 * pod goes into it, as with cp. Does nothing when the source is missing or the session absent.
 */
export async function copyTo(
  place: SessionPlace,
  {source, path, warn}: CopyRequest,
): Promise<void> {
  if (source === '') throw new UsageError('a source path is needed');
  const name = posix.basename(source);
  const isTop = normal(posix.join('/', path)) === '/' && !path.split('/').includes('..');
  const given = workspacePath(isTop ? name : path);
  const stat = statSync(source, {throwIfNoEntry: false});
  if (!stat) return;
  const isFile = !stat.isDirectory();
  const target = isFile && !isTop && path.endsWith('/') ? posix.join(given, name) : given;
  const plan = new StagingPlan({signal: place.deadline.signal});
  await planPath(plan, source, target);
  for (const warning of plan.warnings) warn(warning);
  const length = tarLength(plan.entries);
  await succeedInSession(place, {
    text: unpackScript,
    args: [String(length), ...(isFile ? [target, name] : [])],
    stdin: () => tarOf(plan.entries, {length, warn}),
    again: 'safe',
  });
}

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

function workspacePath(path: string): string {
  const target = normal(posix.join(WORKSPACE, path));
  const inside = below(WORKSPACE, target);
  if (inside === undefined || inside === '' || path.includes('\0')) {
    throw new UsageError(`the path ${JSON.stringify(path)} must lie below the workspace`);
  }
  return target;
}

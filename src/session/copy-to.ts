import {statSync} from 'node:fs';
import {posix} from 'node:path';
import {UsageError} from '../errors.ts';
import {below, normal, WORKSPACE} from '../pod/paths.ts';
import {StagingPlan} from '../pod/staging/plan.ts';
import {tarLength, tarOf} from '../pod/staging/tar.ts';
import {planPath} from '../pod/staging/tree.ts';
import {succeedInSession} from '../tmux/in-session.ts';
import type {SessionPlace} from '../tmux/session-place.ts';
import unpackScript from '../tmux/scripts/unpack.sh';

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

function workspacePath(path: string): string {
  const target = normal(posix.join(WORKSPACE, path));
  const inside = below(WORKSPACE, target);
  if (inside === undefined || inside === '' || path.includes('\0')) {
    throw new UsageError(`the path ${JSON.stringify(path)} must lie below the workspace`);
  }
  return target;
}

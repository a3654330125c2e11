import {existsSync, readFileSync} from 'node:fs';
import {posix} from 'node:path';
import {below} from '../paths.ts';
import type {StagingPlan} from './plan.ts';
import {planTree} from './tree.ts';

/** Paths below `.git` that each linked worktree has for itself; all others are shared (gitrepository-layout(5)). */
const OWN = [
  'HEAD',
  'ORIG_HEAD',
  'FETCH_HEAD',
  'index',
  'logs/HEAD',
  'refs/bisect',
  'refs/worktree',
];

/** Files in a worktree's own directory that refer to paths of this machine: they are left out. */
const LINKS = new Set(['commondir', 'gitdir', 'locked', 'gitdir.lock']);

/**
 * A linked worktree's `.git` is a file that names a directory of this machine. In the pod it becomes
 * a repository of its own: the common directory with the worktree's HEAD and index over it. False
 * when the `.git` file is something else (a submodule's, a broken one): then it is copied as it is.
 */
export async function planGitDirectory(
  plan: StagingPlan,
  workTree: string,
  target: string,
): Promise<boolean> {
  const gitDirectory = pointedTo(posix.join(workTree, '.git'), /^gitdir: (.+)$/m, workTree);
  if (gitDirectory === undefined || below(workTree, gitDirectory) !== undefined) return false;
  const commonFile = posix.join(gitDirectory, 'commondir');
  const common = pointedTo(commonFile, /^(.+)$/m, gitDirectory);
  if (common === undefined || !existsSync(common)) return false;
  const place = posix.join(target, '.git');
  plan.put(place, {kind: 'directory', mode: 0o755});
  await planTree(plan, {
    source: common,
    target: place,
    skip: path => path === 'worktrees' || OWN.includes(path) || path.endsWith('.lock'),
  });
  await planTree(plan, {source: gitDirectory, target: place, skip: path => LINKS.has(path)});
  planConfig(plan, common, place);
  return true;
}

/** Plans the repository's config as one with a work tree: worktrees are often made from a bare repository. */
function planConfig(plan: StagingPlan, common: string, place: string): void {
  const config = readFileSync(posix.join(common, 'config'));
  const content = Buffer.concat([config, Buffer.from('\n[core]\n\tbare = false\n')]);
  plan.put(posix.join(place, 'config'), {kind: 'text', content, mode: 0o644});
}

function pointedTo(file: string, pattern: RegExp, base: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const path = pattern.exec(readFileSync(file, 'utf8'))?.[1]?.trim();
  return path === undefined ? undefined : posix.resolve(base, path);
}

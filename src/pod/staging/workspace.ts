import {lstatSync, readdirSync, realpathSync, statSync} from 'node:fs';
import {posix} from 'node:path';
import {UsageError} from '../../errors.ts';
import {below, normal, RUN, WORKSPACE, type PathMap} from '../paths.ts';
import {planGitDirectory} from './git-worktree.ts';
import type {StagingPlan} from './plan.ts';
import {planPath, planTree} from './tree.ts';

/** The fields of the start JSON that name files. */
export interface FilesRequest {
  readonly workDirectory: string | undefined;
  readonly overlays: readonly string[];
  readonly copyFiles: readonly {readonly src: string; readonly rel_dst?: string | undefined}[];
}

/** Where the city's files are put in the pod, for `gc init` to take them from. */
export const CITY_COPY = `${RUN}/city`;

/** Plans the city, the work directory, overlays and single files; each replaces files of those before it. */
export async function planWorkspace(
  plan: StagingPlan,
  request: FilesRequest,
  paths: PathMap,
): Promise<void> {
  await planCity(plan, request.workDirectory, paths);
  const target = paths.workDirectory(request.workDirectory);
  if (request.workDirectory !== undefined) {
    await planWorkDirectory(plan, request.workDirectory, paths);
  }
  for (const overlay of request.overlays) await planOverlay(plan, overlay, target);
  for (const file of request.copyFiles) await planCopy(plan, file, {request, paths, target});
}

/** Plans the city's files, without gc's own state, Dolt's data, and the work directory, which is planned apart. */
async function planCity(
  plan: StagingPlan,
  workDirectory: string | undefined,
  paths: PathMap,
): Promise<void> {
  const {city} = paths;
  if (city === undefined || !isDirectory(city)) return;
  const work = workDirectory === undefined ? undefined : paths.belowCity(workDirectory);
  if (work === '') return;
  const skip = (path: string, isDirectory: boolean) =>
    path === work || isCityState(path, isDirectory);
  const roots =
    work === undefined ? [] : [{path: posix.join(realpathSync(city), work), skip: () => false}];
  await planTree(plan, {source: city, target: CITY_COPY, skip, roots});
}

/** Plans the work directory. One that does not exist yet is created in the pod. */
async function planWorkDirectory(plan: StagingPlan, source: string, paths: PathMap): Promise<void> {
  if (!source.startsWith('/')) {
    throw new UsageError(
      `start JSON: work_dir must be an absolute path, not ${JSON.stringify(source)}`,
    );
  }
  const stat = statSync(source, {throwIfNoEntry: false});
  if (!stat) return;
  if (!stat.isDirectory())
    throw new UsageError(`start JSON: work_dir ${source} is not a directory`);
  const target = paths.workDirectory(source);
  const isCity = paths.belowCity(source) === '';
  const gitFile = lstatSync(posix.join(source, '.git'), {throwIfNoEntry: false});
  const worktree = gitFile?.isFile() === true && (await planGitDirectory(plan, source, target));
  await planTree(plan, {
    source,
    target,
    roots:
      paths.city === undefined || !isDirectory(paths.city)
        ? []
        : [{path: realpathSync(paths.city), skip: isCityState}],
    skip: (path, isDirectory) =>
      (isCity && isCityState(path, isDirectory)) || (worktree && path === '.git'),
  });
}

async function planOverlay(plan: StagingPlan, source: string, target: string): Promise<void> {
  if (!isDirectory(source)) {
    plan.warn(`overlay ${source} is not a directory here: left out`);
    return;
  }
  // An unreadable overlay is a mistake, a missing one is not.
  readdirSync(source);
  await plan.putSource({source, target}, own =>
    planTree(own, {source, target, skip: path => path === '.gc'}),
  );
}

interface CopyContext {
  readonly request: FilesRequest;
  readonly paths: PathMap;
  readonly target: string;
}

async function planCopy(
  plan: StagingPlan,
  file: FilesRequest['copyFiles'][number],
  context: CopyContext,
): Promise<void> {
  const target = copyTarget(file.rel_dst ?? posix.basename(file.src), context);
  if (!statSync(file.src, {throwIfNoEntry: false})) {
    plan.warn(`copy_files: ${file.src} does not exist here: left out`);
    return;
  }
  // A file that is copied to a directory keeps its name.
  const isInto = file.rel_dst?.endsWith('/') === true || isPlannedDirectory(plan, target, context);
  const place =
    isInto && !isDirectory(file.src) ? posix.join(target, posix.basename(file.src)) : target;
  await plan.putSource({source: file.src, target: place}, own => planPath(own, file.src, place));
}

/** True for a path in the pod where a directory will be. */
function isPlannedDirectory(plan: StagingPlan, path: string, context: CopyContext): boolean {
  if (below(path, context.target) !== undefined) return true;
  const inCity = posix.join(CITY_COPY, below(WORKSPACE, path) ?? '');
  const entry = plan.entries.get(path) ?? plan.entries.get(inCity);
  return entry?.kind === 'directory';
}

/**
 * The path in the pod for a `rel_dst`, which is relative to the city's directory; gc writes `../…` for a
 * work directory outside of it. Raises a UsageError for a path outside of both.
 */
function copyTarget(relative: string, {request, paths, target}: CopyContext): string {
  if (relative.includes('\0'))
    throw new UsageError('start JSON: copy_files.rel_dst holds a NUL byte');
  const base = paths.city ?? request.workDirectory ?? WORKSPACE;
  const place = normal(posix.join(base, relative));
  const inWork = request.workDirectory && below(normal(request.workDirectory), place);
  if (inWork !== undefined) return posix.join(target, inWork);
  const inBase = paths.city === undefined ? below(normal(base), place) : paths.belowCity(place);
  if (inBase !== undefined) return posix.join(WORKSPACE, inBase);
  throw new UsageError(
    `start JSON: copy_files.rel_dst ${JSON.stringify(relative)} lies outside the workspace; it counts from the city's directory and must stay below it or the work directory`,
  );
}

/** gc's own state, and directories in which Dolt keeps its data. */
function isCityState(path: string, isDirectory: boolean): boolean {
  return (
    path === '.gc' || (isDirectory && (posix.basename(path) === '.dolt' || path === '.beads/dolt'))
  );
}

function isDirectory(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true;
}

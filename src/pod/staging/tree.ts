import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import {posix} from 'node:path';
import {messageOf} from '../../errors.ts';
import {below} from '../paths.ts';
import type {Entry} from './entry.ts';
import {isAlternates, isLendersOwn, lenders} from './git-alternates.ts';
import type {StagingPlan} from './plan.ts';

/** True to leave out a path, given relative to its root, with everything below it. */
export type Skip = (path: string, isDirectory: boolean) => boolean;

/** A directory whose content goes into the pod, but for what `skip` leaves out. */
export interface Root {
  readonly path: string;
  readonly skip: Skip;
}

export interface TreeRequest {
  /** Directory (or file) of this machine. */
  readonly source: string;
  /** Its place in the pod. */
  readonly target: string;
  /** Other directories that are copied too: links into them stay links. */
  readonly roots?: readonly Root[];
  readonly skip?: Skip;
}

/** File systems of the kernel: a link into them is kept as a link, not replaced by what it shows. */
const KERNEL_TREES = ['/proc', '/sys', '/dev'];

/**
 * Plans a directory with everything below it: files with their modes, directories, links. A link that leads
 * out of the tree is replaced by what it points to (formula files are links into packs). Sockets, FIFOs and
 * devices are left out. What cannot be read is a warning.
 */
export async function planTree(plan: StagingPlan, request: TreeRequest): Promise<void> {
  const path = realpathSync(request.source);
  const root = {path, skip: request.skip ?? (() => false)};
  const {target, roots = []} = request;
  await planDirectory(
    {plan, root, target, roots, above: new Set([path])},
    {source: path, target, path: ''},
  );
}

/** Plans a file or a directory at `target`. Raises Node's error when it does not exist or cannot be read. */
export async function planPath(plan: StagingPlan, source: string, target: string): Promise<void> {
  const stat = statSync(source);
  if (stat.isDirectory()) await planTree(plan, {source, target});
  else if (stat.isFile()) {
    refuseUnreadable(source, stat);
    plan.put(target, fileEntry(source, stat));
  }
}

interface Walk {
  readonly plan: StagingPlan;
  readonly root: Root;
  readonly target: string;
  readonly roots: readonly Root[];
  /** The directories above the current one, by real path: a link back to one of them would never end. */
  readonly above: Set<string>;
}

interface Spot {
  readonly source: string;
  readonly target: string;
  /** Below the tree's root. */
  readonly path: string;
}

async function planDirectory(walk: Walk, spot: Spot): Promise<void> {
  const entries = attempt(walk, spot.source, () => readdirSync(spot.source, {withFileTypes: true}));
  for (const entry of entries ?? []) {
    await walk.plan.step();
    const path = spot.path === '' ? entry.name : `${spot.path}/${entry.name}`;
    if (walk.root.skip(path, entry.isDirectory())) continue;
    const child = {
      source: posix.join(spot.source, entry.name),
      target: posix.join(spot.target, entry.name),
      path,
    };
    if (entry.isSymbolicLink()) await planLink(walk, child);
    else if (entry.isDirectory() || entry.isFile()) await planReal(walk, child);
  }
}

/** A file or a directory, after any link was followed. */
async function planReal(walk: Walk, spot: Spot): Promise<void> {
  const stat = attempt(walk, spot.source, () => readableStat(spot.source));
  if (!stat) return;
  if (stat.isFile() && isAlternates(spot.path)) await planLenders(walk, spot);
  else if (stat.isFile()) {
    walk.plan.put(spot.target, fileEntry(spot.source, stat));
  } else if (stat.isDirectory()) {
    const real = attempt(walk, spot.source, () => realpathSync(spot.source));
    if (real === undefined) return;
    if (walk.above.has(real)) {
      walk.plan.warn(`${spot.source} leads back to ${real}: left out`);
      return;
    }
    walk.plan.put(spot.target, {kind: 'directory', mode: stat.mode & 0o7777});
    walk.above.add(real);
    // Links in there are relative to where it really is.
    await planDirectory(walk, {...spot, source: real});
    walk.above.delete(real);
  }
}

/**
 * Plans what a repository borrows as its own, without the list of lenders, which are paths of this machine.
 * The object directories of git can be put together: what has the same name has the same content.
 */
async function planLenders(walk: Walk, spot: Spot): Promise<void> {
  const {plan} = walk;
  const target = posix.dirname(posix.dirname(spot.target));
  for (const source of attempt(walk, spot.source, () => lenders(spot.source)) ?? []) {
    if (existsSync(source)) await planTree(plan, {source, target, skip: isLendersOwn});
    else plan.warn(`${spot.source} names ${source}, which is not here: git will miss objects`);
  }
}

async function planLink(walk: Walk, spot: Spot): Promise<void> {
  const text = attempt(walk, spot.source, () => readlinkSync(spot.source));
  if (text === undefined) return;
  const points = posix.resolve(posix.dirname(spot.source), text);
  const inTree = goesAlong(walk.root, points);
  const stays = inTree ?? walk.roots.find(root => goesAlong(root, points) !== undefined);
  if (stays === undefined && isReachable(points)) await planReal(walk, spot);
  else walk.plan.put(spot.target, {kind: 'link', target: linkText(walk, spot, {text, inTree})});
}

/** The path relative to a root; undefined when it is not below it, or is left out. */
function goesAlong({path: root, skip}: Root, path: string): string | undefined {
  const rest = below(root, path);
  const steps = rest?.split('/') ?? [];
  const isSkipped = steps.some((_, at) => {
    const isDirectory = at < steps.length - 1 || lstatOf(path)?.isDirectory() === true;
    return skip(steps.slice(0, at + 1).join('/'), isDirectory);
  });
  return isSkipped ? undefined : rest;
}

/**
 * The target of a link in the pod. Within the tree it is made relative to the link's place in the pod when
 * it is absolute, which would mean a path of this machine, or when the link was found in a directory outside
 * of the tree, to which it is relative.
 */
function linkText(
  walk: Walk,
  spot: Spot,
  {text, inTree}: {text: string; inTree: string | undefined},
): string {
  const isAtHome = spot.source === posix.join(walk.root.path, spot.path);
  if (inTree === undefined || (isAtHome && !text.startsWith('/'))) return text;
  const target = posix.join(walk.target, inTree);
  return posix.relative(posix.dirname(spot.target), target) || '.';
}

function fileEntry(source: string, stat: Stats): Entry {
  return {kind: 'file', source, size: stat.size, mode: stat.mode & 0o7777, modified: stat.mtime};
}

function readableStat(path: string): Stats {
  const stat = statSync(path);
  if (stat.isFile()) refuseUnreadable(path, stat);
  return stat;
}

/** Raises Node's error for a file that this user may not read. One that all may read is not opened. */
function refuseUnreadable(path: string, {mode}: Stats): void {
  if ((mode & 0o444) !== 0o444) closeSync(openSync(path, 'r'));
}

/** False for a link that leads nowhere, in a circle or into the kernel's file systems: it is kept as a link. */
function isReachable(path: string): boolean {
  if (path === '/' || KERNEL_TREES.some(tree => below(tree, path) !== undefined)) return false;
  try {
    return statSync(path, {throwIfNoEntry: false}) !== undefined;
  } catch {
    return false;
  }
}

function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, {throwIfNoEntry: false});
  } catch {
    return undefined;
  }
}

/** The result of `read`; undefined, with a warning, when it fails: trees change while they are read. */
function attempt<T>(walk: Walk, path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    walk.plan.warn(`not copied: ${messageOf(error)}`);
    return undefined;
  }
}

import {lstatSync, readdirSync, readlinkSync, realpathSync, statSync, type Stats} from 'node:fs';
import {posix} from 'node:path';
import {messageOf} from '../../errors.ts';
import {below} from '../paths.ts';
import type {Entry} from './entry.ts';
import type {StagingPlan} from './plan.ts';

/** Leaves out a path, given below its root, with everything in it. */
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
  /** Directories whose content goes along, so that links between them stay links. */
  readonly roots?: readonly Root[];
  readonly skip?: Skip;
}

/** Trees of the kernel: what a link into them shows is not a file to copy. */
const KERNEL_TREES = ['/proc', '/sys', '/dev'];

/**
 * Plans a whole tree: files with their modes, directories, links. A link that leaves the tree is
 * replaced by what it points to (formula files are links into packs); sockets, fifos and devices
 * are left out; what cannot be read is a warning.
 */
export function planTree(plan: StagingPlan, request: TreeRequest): void {
  const path = realpathSync(request.source);
  const root = {path, skip: request.skip ?? (() => false)};
  const {target, roots = []} = request;
  planDirectory(
    {plan, root, target, roots, above: new Set([path])},
    {source: path, target, path: ''},
  );
}

/** Plans one file or tree under another name; a missing one is the caller's to notice. */
export function planPath(plan: StagingPlan, source: string, target: string): void {
  const stat = statSync(source);
  if (stat.isDirectory()) planTree(plan, {source, target});
  else if (stat.isFile()) {
    plan.put(target, fileEntry(source, stat));
  }
}

interface Walk {
  readonly plan: StagingPlan;
  readonly root: Root;
  readonly target: string;
  readonly roots: readonly Root[];
  /** The directories being walked, so that links in a circle end. */
  readonly above: Set<string>;
}

interface Spot {
  readonly source: string;
  readonly target: string;
  /** Below the tree's root. */
  readonly path: string;
}

function planDirectory(walk: Walk, spot: Spot): void {
  const entries = attempt(walk, spot.source, () => readdirSync(spot.source, {withFileTypes: true}));
  for (const entry of entries ?? []) {
    const path = spot.path === '' ? entry.name : `${spot.path}/${entry.name}`;
    if (walk.root.skip(path, entry.isDirectory())) continue;
    const child = {
      source: posix.join(spot.source, entry.name),
      target: posix.join(spot.target, entry.name),
      path,
    };
    if (entry.isSymbolicLink()) planLink(walk, child);
    else if (entry.isDirectory() || entry.isFile()) planReal(walk, child);
  }
}

/** A file or a directory, after any link was followed. */
function planReal(walk: Walk, spot: Spot): void {
  const stat = attempt(walk, spot.source, () => statSync(spot.source));
  if (!stat) return;
  if (stat.isFile()) {
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
    planDirectory(walk, {...spot, source: real});
    walk.above.delete(real);
  }
}

function planLink(walk: Walk, spot: Spot): void {
  const text = attempt(walk, spot.source, () => readlinkSync(spot.source));
  if (text === undefined) return;
  const points = posix.resolve(posix.dirname(spot.source), text);
  const inTree = goesAlong(walk.root, points);
  const stays = inTree ?? walk.roots.find(root => goesAlong(root, points) !== undefined);
  if (stays === undefined && isReadable(points)) planReal(walk, spot);
  else walk.plan.put(spot.target, {kind: 'link', target: linkText(walk, spot, {text, inTree})});
}

/** The part of a path below a root; undefined when it lies elsewhere or is left out. */
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
 * What a link says in the pod. An absolute one would mean this machine's path, and one found in a
 * directory outside the tree counts from there: within the tree both are written anew.
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

/** A link that leads nowhere, in a circle or into the kernel, is copied as the link it is. */
function isReadable(path: string): boolean {
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

/** Trees change while they are read: what fails is left out, and said. */
function attempt<T>(walk: Walk, path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    walk.plan.warn(`not copied: ${messageOf(error)}`);
    return undefined;
  }
}

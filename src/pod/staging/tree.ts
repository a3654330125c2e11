import {readdirSync, readlinkSync, realpathSync, statSync, type Dirent, type Stats} from 'node:fs';
import {posix} from 'node:path';
import {below} from '../paths.ts';
import type {Entry} from './entry.ts';
import type {StagingPlan} from './plan.ts';

export interface TreeRequest {
  /** Directory (or file) of this machine. */
  readonly source: string;
  /** Its place in the pod. */
  readonly target: string;
  /** Directories whose content goes along, so that links between them stay links. */
  readonly roots?: readonly string[];
  /** Leaves out a path, given below the source, with everything in it. */
  readonly skip?: (path: string, entry: Dirent) => boolean;
}

/** Trees of the kernel: what a link into them shows is not a file to copy. */
const KERNEL_TREES = ['/proc', '/sys', '/dev'];

/**
 * Plans a whole tree: files with their modes, directories, links. A link that leaves the tree is
 * replaced by what it points to (formula files are links into packs); sockets, fifos and devices
 * are left out; what cannot be read is a warning.
 */
export function planTree(plan: StagingPlan, request: TreeRequest): void {
  const root = realpathSync(request.source);
  const walk: Walk = {
    plan,
    root,
    roots: [root, ...(request.roots ?? [])],
    skip: request.skip ?? (() => false),
    above: new Set([root]),
  };
  planDirectory(walk, {source: root, target: request.target, path: ''});
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
  readonly root: string;
  readonly roots: readonly string[];
  readonly skip: (path: string, entry: Dirent) => boolean;
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
    if (walk.skip(path, entry)) continue;
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
    const real = realpathSync(spot.source);
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
  const stays = walk.roots.some(root => below(root, points) !== undefined);
  if (stays) {
    // An absolute link would mean this machine's path: within the tree it becomes a relative one.
    const inTree = below(walk.root, points) !== undefined;
    const target =
      text.startsWith('/') && inTree ? posix.relative(posix.dirname(spot.source), points) : text;
    walk.plan.put(spot.target, {kind: 'link', target: target === '' ? '.' : target});
  } else if (isReadable(points)) planReal(walk, spot);
  else walk.plan.put(spot.target, {kind: 'link', target: text});
}

function fileEntry(source: string, stat: Stats): Entry {
  return {kind: 'file', source, size: stat.size, mode: stat.mode & 0o7777, modified: stat.mtime};
}

/** A link that leads nowhere, or into the kernel, is copied as the link it is. */
function isReadable(path: string): boolean {
  if (path === '/' || KERNEL_TREES.some(tree => below(tree, path) !== undefined)) return false;
  return statSync(path, {throwIfNoEntry: false}) !== undefined;
}

/** Trees change while they are read: what fails is left out, and said. */
function attempt<T>(walk: Walk, path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    walk.plan.warn(`not copied: ${error instanceof Error ? error.message : path}`);
    return undefined;
  }
}

import {createWriteStream, existsSync, lstatSync, realpathSync, statSync} from 'node:fs';
import {link, rm, symlink} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {extract, type Extract, type Header} from 'tar-stream';
import {makeDestination, makeDirectory} from '../directory.ts';
import {PodExecError} from '../errors.ts';
import {below} from '../pod/paths.ts';

/**
 * Unpacks the tar archive that a pod sent. A single file becomes the destination (or goes into it, when
 * that is a directory); a directory's content goes below it. What runs in the pod chose the names, so
 * nothing is written outside of the destination: a name that leads there is refused, and a link is made
 * as it is but never written through. Raises PodExecError for an archive that is refused.
 */
export async function unpack(
  archive: Iterable<Buffer> | AsyncIterable<Buffer>,
  destination: string,
): Promise<void> {
  const reader = extract();
  await Promise.all([placeEntries(reader, destination), pipeline(archive, reader)]);
}

async function placeEntries(reader: Extract, destination: string): Promise<void> {
  let root: string | undefined;
  for await (const entry of reader) {
    const {header} = entry;
    if (root === undefined && header.type !== 'directory') {
      await placeFile(header, entry, singleTarget(header, destination));
    } else {
      root ??= directory(destination);
      await placeBelow(header, entry, root);
    }
    entry.resume();
  }
}

function singleTarget({name}: Header, destination: string): string {
  const isDirectory = statSync(destination, {throwIfNoEntry: false})?.isDirectory() === true;
  return isDirectory ? join(destination, basename(name)) : resolve(destination);
}

function directory(path: string): string {
  makeDestination(path);
  return realpathSync(path);
}

async function placeBelow(
  header: Header,
  content: AsyncIterable<unknown>,
  root: string,
): Promise<void> {
  const path = insidePath(root, header.name);
  if (path === root) return;
  makeDirectory(dirname(path));
  if (header.type === 'directory') {
    makeDirectory(path);
    return;
  }
  if (!['file', 'link', 'symlink'].includes(header.type)) return;
  const target = header.linkname;
  const linked = header.type === 'link' ? insidePath(root, target) : undefined;
  // As tar does: else what is written would go where a link of this name leads.
  await rm(path, {force: true});
  if (linked !== undefined) await link(linked, path);
  else if (header.type === 'symlink') await symlink(target, path);
  else await placeFile(header, content, path);
}

/** The path of an archive's name below the root, with no link on the way to it that leads outside. */
function insidePath(root: string, name: string): string {
  const path = resolve(root, name);
  if (path === root) return path;
  // The nearest directory that is there decides: what is made below it is no link.
  let parent = dirname(path);
  while (lstatSync(parent, {throwIfNoEntry: false}) === undefined) parent = dirname(parent);
  const isInside = below(root, path) !== undefined && existsSync(parent);
  if (isInside && below(root, realpathSync(parent)) !== undefined) return path;
  throw new PodExecError(`the pod sent a path that leads outside: ${name}`, {mayHaveRun: true});
}

async function placeFile(
  header: Header,
  content: AsyncIterable<unknown>,
  path: string,
): Promise<void> {
  makeDestination(dirname(path));
  await pipeline(
    content as AsyncIterable<Buffer>,
    createWriteStream(path, {mode: header.mode & 0o777}),
  );
}

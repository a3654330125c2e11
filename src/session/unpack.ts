import {createWriteStream, realpathSync, statSync} from 'node:fs';
import {mkdir, rm, symlink} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {extract, type Header} from 'tar-stream';
import {PodExecError} from '../errors.ts';
import {below} from '../pod/paths.ts';

/**
 * Unpacks what a pod sent as tar. A single file becomes the destination (or goes into it, when that
 * is a directory); a directory's content goes below it. Names and links that lead outside are
 * refused: what runs in the pod chose them.
 */
export async function unpack(archive: Buffer, destination: string): Promise<void> {
  if (archive.length === 0 || !archive.subarray(-512).every(byte => byte === 0)) {
    throw new PodExecError('the copy did not arrive whole', {mayHaveRun: true});
  }
  const reader = extract();
  const done = pipeline(Readable.from([archive]), reader);
  let root: string | undefined;
  for await (const entry of reader) {
    const {header} = entry;
    if (root === undefined && header.type !== 'directory') {
      await placeFile(header, entry, singleTarget(header, destination));
    } else {
      root ??= await directory(destination);
      await placeBelow(header, entry, root);
    }
    entry.resume();
  }
  await done;
}

function singleTarget({name}: Header, destination: string): string {
  const isDirectory = statSync(destination, {throwIfNoEntry: false})?.isDirectory() === true;
  return isDirectory ? join(destination, basename(name)) : resolve(destination);
}

async function directory(path: string): Promise<string> {
  await mkdir(path, {recursive: true});
  return realpathSync(path);
}

async function placeBelow(
  header: Header,
  content: AsyncIterable<unknown>,
  root: string,
): Promise<void> {
  const path = resolve(root, header.name);
  if (below(root, path) === undefined) throw outside(header.name);
  if (path === root) return;
  const parent = await directory(dirname(path));
  if (below(root, parent) === undefined) throw outside(header.name);
  if (header.type === 'directory') await mkdir(path, {recursive: true});
  else if (header.type === 'symlink') {
    await rm(path, {force: true});
    await symlink(header.linkname, path);
  } else if (header.type === 'file') await placeFile(header, content, path);
}

async function placeFile(
  header: Header,
  content: AsyncIterable<unknown>,
  path: string,
): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  await pipeline(
    content as AsyncIterable<Buffer>,
    createWriteStream(path, {mode: header.mode & 0o777}),
  );
}

function outside(name: string): PodExecError {
  return new PodExecError(`the pod sent a path that leads outside: ${name}`, {mayHaveRun: true});
}

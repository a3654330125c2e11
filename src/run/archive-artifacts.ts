import {createHash} from 'node:crypto';
import {createWriteStream, statSync} from 'node:fs';
import {open, rename, rm, type FileHandle} from 'node:fs/promises';
import {posix} from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {pack, type Pack} from 'tar-stream';
import {messageOf, UsageError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {ARTIFACTS} from '../pod/paths.ts';
import type {Catalogue} from './artifact-catalogue.ts';
import {listArtifacts} from './artifacts.ts';
import {changed, eachEntry, type Entry, notArrived} from './fetch-artifacts.ts';
import type {Artifact} from './run.ts';

/**
 * Copies a run's artifacts into a local tar.gz file, with their paths relative to the artifacts directory.
 * Verifies each checksum; the file appears only when it is complete. Raises PodExecError for an artifact
 * that is missing or differs, and UsageError for a file that cannot be written.
 */
export async function archiveArtifacts(
  cluster: Cluster,
  pod: Pod,
  file: string,
): Promise<Catalogue> {
  const part = `${file}.part`;
  const target = await openPart(file, part);
  const catalogue = await listArtifacts(cluster, pod).catch(async (error: unknown) => {
    await target.close();
    await rm(part, {force: true});
    throw error;
  });
  const missing = new Map(catalogue.artifacts.map(artifact => [artifact.path, artifact]));
  const archive = pack();
  const written = pipeline(archive, createGzip(), createWriteStream(part, {fd: target}));
  // An archive whose file cannot be written, on a full disk, takes no entry: that is only the echo.
  let unwritten: unknown;
  written.catch((error: unknown) => (unwritten ??= error));
  try {
    await eachEntry(cluster, pod, async entry => {
      const path = posix.join(ARTIFACTS, entry.header.name);
      const artifact = missing.get(path);
      if (!artifact || entry.header.type !== 'file') return;
      await add(archive, artifact, entry);
      missing.delete(path);
    });
    if (missing.size > 0) throw notArrived(missing, catalogue.artifacts.length);
    archive.finalize();
    await written;
    await rename(part, file);
  } catch (error) {
    const first = unwritten ?? error;
    archive.destroy();
    await rm(part, {force: true});
    throw first;
  }
  return catalogue;
}

async function openPart(file: string, part: string): Promise<FileHandle> {
  try {
    if (statSync(file, {throwIfNoEntry: false})?.isDirectory() !== true) {
      return await open(part, 'w');
    }
  } catch (error) {
    throw new UsageError(
      `the archive ${file} cannot be written: ${messageOf(error)}; name a file that can`,
      {cause: error},
    );
  }
  throw new UsageError(`${file} is a directory; give --archive a file in it`);
}

async function add(archive: Pack, artifact: Artifact, entry: Entry): Promise<void> {
  const {path, mode, sha256} = artifact;
  const {size, mtime} = entry.header;
  const hash = createHash('sha256');
  const name = posix.relative(ARTIFACTS, path);
  const sink = archive.entry({name, size, mode: parseInt(mode, 8), mtime});
  const content = Readable.from(entry as AsyncIterable<Buffer>);
  content.on('data', (piece: Buffer) => hash.update(piece));
  await pipeline(content, sink);
  if (hash.digest('hex') !== sha256) throw changed(path);
}

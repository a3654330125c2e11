import {createHash} from 'node:crypto';
import {createWriteStream, realpathSync} from 'node:fs';
import {dirname, posix, resolve} from 'node:path';
import {PassThrough, Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {extract, type Header} from 'tar-stream';
import {makeDestination, makeDirectory} from '../directory.ts';
import {PodExecError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {ARTIFACTS, below} from '../pod/paths.ts';
import type {Catalogue} from './artifact-catalogue.ts';
import {listArtifacts, packArtifacts} from './artifacts.ts';
import type {Artifact} from './run.ts';

/** One entry of the artifacts' tar stream. */
export type Entry = AsyncIterable<unknown> & {readonly header: Header};

export interface FetchProgress {
  readonly files: number;
  readonly bytes: number;
  readonly ofFiles: number;
  readonly ofBytes: number;
}

/**
 * Copies a run's artifacts into a local directory and verifies each checksum. Links are not followed.
 * Raises PodExecError for an artifact that is missing or differs, and UsageError for a directory that
 * cannot be made.
 */
export async function fetchArtifacts(
  cluster: Cluster,
  pod: Pod,
  {directory, onProgress}: {directory: string; onProgress: (progress: FetchProgress) => void},
): Promise<Catalogue> {
  const catalogue = await listArtifacts(cluster, pod);
  const missing = new Map(catalogue.artifacts.map(artifact => [artifact.path, artifact]));
  const ofBytes = catalogue.artifacts.reduce((sum, {size}) => sum + size, 0);
  const total = {ofFiles: missing.size, ofBytes};
  let [files, bytes] = [0, 0];
  makeDestination(directory);
  if (missing.size === 0) return catalogue;
  const root = realpathSync(directory);
  await eachEntry(cluster, pod, async entry => {
    const artifact = missing.get(posix.join(ARTIFACTS, entry.header.name));
    if (!artifact || entry.header.type !== 'file') return;
    await write(artifact, entry, root, length => {
      bytes += length;
      onProgress({files, bytes, ...total});
    });
    missing.delete(artifact.path);
    onProgress({files: ++files, bytes, ...total});
  });
  if (missing.size === 0) return catalogue;
  throw notArrived(missing, total.ofFiles);
}

export function notArrived(missing: ReadonlyMap<string, Artifact>, ofFiles: number): PodExecError {
  return new PodExecError(
    `${missing.size} of ${ofFiles} artifacts did not arrive: ${[...missing.keys()].slice(0, 3).join(', ')}; try again`,
    {mayHaveRun: true},
  );
}

export function changed(path: string): PodExecError {
  return new PodExecError(`${path} changed while it was copied: its checksum differs; try again`, {
    mayHaveRun: true,
  });
}

/** Calls `take` for each entry of the artifacts directory, one after the other. */
export async function eachEntry(
  cluster: Cluster,
  pod: Pod,
  take: (entry: Entry) => Promise<void>,
): Promise<void> {
  const archive = new PassThrough();
  const reader = extract();
  const packed = packArtifacts(
    cluster,
    pod,
    (piece, taken) => void archive.write(piece, taken),
  ).then(
    () => void archive.end(),
    (error: unknown) => void archive.destroy(error as Error),
  );
  const read = (async () => {
    for await (const entry of reader) {
      await take(entry);
      entry.resume();
    }
  })();
  await Promise.all([packed, pipeline(archive, reader), read]);
}

async function write(
  {path, sha256, mode}: Artifact,
  entry: Entry,
  root: string,
  onBytes: (length: number) => void,
): Promise<void> {
  const target = resolve(root, path.slice(ARTIFACTS.length + 1));
  makeDirectory(dirname(target));
  // The target directory may already contain a symlink that points elsewhere.
  if (below(root, realpathSync(dirname(target))) === undefined) {
    throw new PodExecError(`${path} would be written outside of ${root}`, {mayHaveRun: true});
  }
  const hash = createHash('sha256');
  const counted = new Transform({
    transform(piece: Buffer, _, done) {
      hash.update(piece);
      onBytes(piece.length);
      done(null, piece);
    },
  });
  const file = createWriteStream(target, {mode: parseInt(mode, 8) & 0o777});
  await pipeline(entry as AsyncIterable<Buffer>, counted, file);
  if (hash.digest('hex') === sha256) return;
  throw changed(path);
}

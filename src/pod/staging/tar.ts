import {open} from 'node:fs/promises';
import {pack, type Header, type Pack} from 'tar-stream';
import {messageOf} from '../../errors.ts';
import type {Entry} from './entry.ts';

/** An entry at its absolute path in the pod. */
export type PlannedEntry = readonly [path: string, entry: Entry];

const BLOCK = 512;

/** tar reads and writes records of 20 blocks. */
const RECORD = 20 * BLOCK;

/** Bytes that an entry's header takes at most; a long or non-ASCII name needs a pax header too. */
function headerRoom(path: string, entry: Entry): number {
  const link = entry.kind === 'link' ? entry.target : '';
  const text = Buffer.byteLength(path) + Buffer.byteLength(link);

  const isPlain = text < 100 && /^[\x00-\x7f]*$/.test(path + link);
  return isPlain ? BLOCK : BLOCK * 3 + Math.ceil((text + 200) / BLOCK) * BLOCK;
}

/**
 * The length in bytes of the stream that `tarOf` gives, known before a file is read. The pod reads exactly
 * so many bytes of stdin as the archive; what follows is for the launcher.
 */
export function tarLength(entries: Iterable<PlannedEntry>): number {
  let length = 2 * BLOCK;
  for (const [path, entry] of entries) {
    const size =
      entry.kind === 'file' ? entry.size : entry.kind === 'text' ? entry.content.length : 0;
    length += headerRoom(path, entry) + Math.ceil(size / BLOCK) * BLOCK;
  }
  return Math.ceil(length / RECORD) * RECORD;
}

type Entries = Iterable<PlannedEntry> | AsyncIterable<PlannedEntry>;

/**
 * The entries as a tar stream of exactly `length` bytes (their `tarLength`), in large pieces; files
 * that shrink, grow or vanish are warned of.
 */
export async function* tarOf(
  entries: Entries,
  length: number | Promise<number>,
  warn: (text: string) => void,
): AsyncGenerator<Buffer> {
  const archive = pack();
  const filled = fill(archive, entries, warn).catch((error: unknown) =>
    archive.destroy(error as Error),
  );
  let sent = 0;
  for await (const piece of gathered(archive as AsyncIterable<Buffer>)) {
    sent += piece.length;
    yield piece;
  }
  await filled;
  const left = (await length) - sent;
  if (left < 0) throw new Error(`the archive came out ${-left} bytes longer than planned`);
  yield Buffer.alloc(left);
}

/** Size of the pieces: each costs at least one frame, one TLS record and one system call. */
const PIECE_BYTES = 128 * 1024;

/** Joins pieces to larger ones: an archive of small files comes in very small pieces. */
async function* gathered(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(held, size);
    [held, size] = [[], 0];
  }
  yield Buffer.concat(held, size);
}

async function fill(archive: Pack, entries: Entries, warn: (text: string) => void): Promise<void> {
  for await (const [path, entry] of entries) {
    const header = {name: path.slice(1), mtime: new Date(), uid: 0, gid: 0};
    if (entry.kind === 'directory') {
      await add(archive, {...header, type: 'directory', mode: entry.mode});
    } else if (entry.kind === 'link') {
      await add(archive, {...header, type: 'symlink', linkname: entry.target});
    } else if (entry.kind === 'text') {
      await add(archive, {...header, mode: entry.mode, size: entry.content.length}, [
        entry.content,
      ]);
    } else {
      const {source, size, mode, modified} = entry;
      await add(archive, {...header, mode, size, mtime: modified}, bytesOf(source, size, warn));
    }
  }
  archive.finalize();
}

type Pieces = AsyncIterable<Buffer> | Iterable<Buffer>;

/** Adds one entry, waiting whenever the archive's buffer is full. */
async function add(
  archive: Pack,
  header: Partial<Header> & {name: string},
  content: Pieces = [],
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const sink = archive.entry(header, error => {
      if (error) reject(error);
      else resolve();
    });
    void write(sink, content).catch(reject);
  });
}

async function write(sink: NodeJS.WritableStream, content: Pieces): Promise<void> {
  for await (const piece of content) {
    if (!sink.write(piece)) await new Promise<void>(resolve => sink.once('drain', resolve));
  }
  sink.end();
}

const READ_BYTES = 256 * 1024;

/** Exactly `size` bytes of a file, though it may change while it is read; what is missing becomes zeros. */
async function* bytesOf(
  path: string,
  size: number,
  warn: (text: string) => void,
): AsyncGenerator<Buffer> {
  let left = size;
  try {
    const file = await open(path);
    try {
      while (left > 0) {
        const {bytesRead, buffer} = await file.read({
          buffer: Buffer.alloc(Math.min(READ_BYTES, left)),
        });
        if (bytesRead === 0) break;
        left -= bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
      if (left > 0 || (await file.stat()).size > size) warn(`${path} changed while it was copied`);
    } finally {
      await file.close();
    }
  } catch (error) {
    warn(`not copied: ${messageOf(error)}`);
  }
  for (; left > 0; left -= READ_BYTES) yield Buffer.alloc(Math.min(READ_BYTES, left));
}

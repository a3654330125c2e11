import {pack, type Header, type Pack} from 'tar-stream';
import {PodCommandError} from '../../errors.ts';
import {quoted} from '../quoted.ts';
import type {Entry} from './entry.ts';
import {openSource, READ_BYTES} from './source-file.ts';

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

/** A command that removes a file that did not come whole. */
const removal = (path: string) => `rm -f ${quoted(path)}\n`;

/**
 * The length in bytes of the stream that `tarOf` gives, known before a file is read. The pod reads exactly
 * so many bytes of stdin as the archive; what follows is for the launcher.
 */
export function tarLength(entries: Iterable<PlannedEntry>, cutList?: string): number {
  let length = 2 * BLOCK;
  let list = 0;
  for (const [path, entry] of entries) {
    const size =
      entry.kind === 'file' ? entry.size : entry.kind === 'text' ? entry.content.length : 0;
    length += headerRoom(path, entry) + Math.ceil(size / BLOCK) * BLOCK;
    if (entry.kind === 'file' && size > READ_BYTES) list += Buffer.byteLength(removal(path));
  }
  if (cutList !== undefined && list > 0) length += BLOCK + Math.ceil(list / BLOCK) * BLOCK;
  return Math.ceil(length / RECORD) * RECORD;
}

type Entries = Iterable<PlannedEntry> | AsyncIterable<PlannedEntry>;

export interface TarRequest {
  /** The entries' `tarLength`, with the same `cutList`. */
  readonly length: number | Promise<number>;
  readonly warn: (text: string) => void;
  /** Where the stream has a last file, with commands that remove what did not come whole. */
  readonly cutList?: string;
}

/**
 * The entries as a tar stream of exactly `length` bytes, in large pieces; files that shrink, grow or vanish
 * are warned of, and one that has vanished is not there. Of a large file that gets shorter while it is read
 * the rest is zeros: it is named in the list of `cutList`; without one, PodCommandError is raised.
 */
export async function* tarOf(
  entries: Entries,
  {length, ...request}: TarRequest,
): AsyncGenerator<Buffer> {
  const archive = pack();
  const filled = fill(archive, entries, request).catch((error: unknown) =>
    archive.destroy(error as Error),
  );
  let sent = 0;
  for await (const piece of gathered(archive as AsyncIterable<Buffer>)) {
    sent += piece.length;
    yield piece;
  }
  await filled;
  let left = (await length) - sent;
  if (left < 0) throw new Error(`the archive came out ${-left} bytes longer than planned`);
  // As long as all that was not there any more.
  for (; left > 0; left -= READ_BYTES) yield Buffer.alloc(Math.min(READ_BYTES, left));
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

async function fill(
  archive: Pack,
  entries: Entries,
  {warn, cutList}: Omit<TarRequest, 'length'>,
): Promise<void> {
  const cut: string[] = [];
  for await (const [path, entry] of entries) {
    const header = {name: path.slice(1), mtime: new Date(), uid: 0, gid: 0};
    if (entry.kind === 'directory') {
      await add(archive, {...header, type: 'directory', mode: entry.mode});
    } else if (entry.kind === 'link') {
      await add(archive, {...header, type: 'symlink', linkname: entry.target});
    } else if (entry.kind === 'text') {
      await addText(archive, {...header, mode: entry.mode}, entry.content);
    } else {
      const {source, mode, modified} = entry;
      const file = await openSource(source, entry.size, {warn, onCut: () => void cut.push(path)});
      if (!file) continue;
      await add(archive, {...header, mode, size: file.size, mtime: modified}, file.bytes);
      if (cut.length > 0 && cutList === undefined)
        throw new PodCommandError(`${source} got shorter while it was copied; copy it again`);
    }
  }
  if (cutList !== undefined && cut.length > 0) {
    const commands = Buffer.from(cut.map(removal).join(''));
    await addText(archive, {name: cutList.slice(1), mode: 0o600}, commands);
  }
  archive.finalize();
}

function addText(archive: Pack, header: Partial<Header> & {name: string}, content: Buffer) {
  return add(archive, {...header, size: content.length}, [content]);
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

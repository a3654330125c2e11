import * as fs from 'node:fs';
import {promisify} from 'node:util';
import {messageOf} from '../../errors.ts';

// node:fs/promises would load a tenth of Node with it (readline, the REPL's history), in every copy-to.
const open = promisify(fs.open);
const read = promisify(fs.read);
const stat = promisify(fs.fstat);
const close = promisify(fs.close);

/** A file for the archive, opened. */
export interface SourceFile {
  /** Not more than was planned, although it may have grown since. */
  readonly size: number;
  /**
   * Exactly `size` bytes. Of a large file that gets shorter while it is read the rest is zeros, and `onCut`
   * is called.
   */
  readonly bytes: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** How much is read at once. A file that is not larger is read before its size is written down. */
export const READ_BYTES = 256 * 1024;

interface Told {
  readonly warn: (text: string) => void;
  readonly onCut: () => void;
}

/** Opens a file as it is now; undefined, with a warning, when it cannot be read any more. */
export async function openSource(
  path: string,
  planned: number,
  told: Told,
): Promise<SourceFile | undefined> {
  let file: number | undefined;
  try {
    file = await open(path, 'r');
    if (planned <= READ_BYTES) {
      const content = await filled(file, Buffer.allocUnsafe(planned + 1));
      if (content.length !== planned) told.warn(`${path} changed while it was copied`);
      const kept = content.subarray(0, planned);
      await close(file);
      return {size: kept.length, bytes: [kept]};
    }
    const size = Math.min(planned, (await stat(file)).size);
    return {size, bytes: streamed(file, path, {size, planned}, told)};
  } catch (error) {
    if (file !== undefined) await close(file);
    told.warn(`not copied: ${messageOf(error)}`);
    return undefined;
  }
}

/** As much of the buffer as the file fills. */
async function filled(file: number, buffer: Buffer): Promise<Buffer> {
  let length = 0;
  // What has all but the last byte is as long as it was planned, and at its end.
  while (length < Math.max(1, buffer.length - 1)) {
    const {bytesRead} = await read(file, buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function* streamed(
  file: number,
  path: string,
  {size, planned}: {size: number; planned: number},
  {warn, onCut}: Told,
): AsyncGenerator<Buffer> {
  let left = size;
  try {
    while (left > 0) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, left));
      const {bytesRead} = await read(file, buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    if (left > 0) warn(`not copied: ${path} got shorter while it was copied`);
    else if ((await stat(file)).size !== planned) warn(`${path} changed while it was copied`);
  } catch (error) {
    warn(`not copied: ${messageOf(error)}`);
  } finally {
    await close(file);
  }
  if (left > 0) onCut();
  for (; left > 0; left -= READ_BYTES) yield Buffer.alloc(Math.min(READ_BYTES, left));
}

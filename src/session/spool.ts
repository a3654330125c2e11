import {randomUUID} from 'node:crypto';
import {statSync} from 'node:fs';
import {open, rm, type FileHandle} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {messageOf, PodExecError, UsageError} from '../errors.ts';
import {FlowControl} from '../tmux/windows.ts';

/** A tar archive ends with blocks of zeros. */
const END_BYTES = 512;

/**
 * Keeps what a pod sends (windows.sh), mostly a tar archive, until it is whole, in a file without a name: it is gone
 * with this process. So the destination is not touched before, and a slow one delays no byte on its way.
 */
export class Spool {
  readonly #file: FileHandle;
  readonly #directory: string;
  #windows = new FlowControl();
  #waiting: Buffer[] = [];
  #written: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, directory: string) {
    this.#file = file;
    this.#directory = directory;
  }

  /** A spool on the destination's own disk, where that can be; /tmp is often memory, and small. */
  static async beside(destination: string): Promise<Spool> {
    let directory = resolve(destination);
    while (statSync(directory, {throwIfNoEntry: false})?.isDirectory() !== true)
      directory = dirname(directory);
    const here = await nameless(directory).catch(() => undefined);
    return here ? new Spool(here, directory) : new Spool(await nameless(tmpdir()), tmpdir());
  }

  /** Begins anew, for another try; gives the stdin of the script. */
  begin(): AsyncIterable<Buffer> {
    this.#windows = new FlowControl();
    this.#waiting = [];
    this.#after(() => this.#file.truncate());
    return this.#windows.lines();
  }

  take(piece: Buffer): void {
    const [waiting, windows] = [this.#waiting, this.#windows];
    waiting.push(piece);
    // Those that come until it is written go with it.
    if (waiting.length > 1) return;
    this.#after(async () => {
      const pieces = Buffer.concat(waiting.splice(0));
      await this.#file.appendFile(pieces);
      windows.taken(pieces.length);
    });
  }

  /** The archive, once the exec has succeeded; raises PodExecError when its end is missing. */
  async whole(): Promise<AsyncIterable<Buffer>> {
    const {bytes, content} = await this.all();
    const end = Buffer.alloc(END_BYTES, 1);
    await this.#file.read(end, 0, END_BYTES, Math.max(0, bytes - END_BYTES));
    if (!end.every(byte => byte === 0))
      throw new PodExecError('the copy did not arrive whole', {mayHaveRun: true});
    return content();
  }

  /** All that has come, once the exec has succeeded. */
  async all(): Promise<{bytes: number; content: () => AsyncIterable<Buffer>}> {
    await this.#written;
    const {size} = await this.#file.stat();
    const content = () =>
      this.#file.createReadStream({start: 0, autoClose: false}) as AsyncIterable<Buffer>;
    return {bytes: size, content};
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Does this after what is under way; a failure ends the exec. */
  #after(step: () => Promise<void>): void {
    const windows = this.#windows;
    this.#written = this.#written.then(step);
    this.#written.catch((error: unknown) => windows.fail(this.#full(error)));
  }

  #full(cause: unknown): UsageError {
    return new UsageError(
      `cannot keep the copy in ${this.#directory} until it is whole: ${messageOf(cause)}; make room there, or name another destination`,
      {cause},
    );
  }
}

/** A new file that only its handle knows, and that grows at its end. */
async function nameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `.gc-copy-${randomUUID()}`);
  const file = await open(path, 'ax+', 0o600);
  await rm(path);
  return file;
}

import {execFile} from 'node:child_process';
import {closeSync, constants, mkdirSync, openSync, unlinkSync} from 'node:fs';
import {Socket} from 'node:net';
import {join} from 'node:path';
import {promisify} from 'node:util';

/** One stream of a process: the process's end, and ours. */
export interface Pipe {
  /** Close it once the process has inherited it. */
  readonly childEnd: number;
  readonly stream: Socket;
}

const batch = 64;

/**
 * Real pipes for child processes. Node uses sockets, which cannot be reopened by path:
 * `echo x >/dev/stderr` and `cat >/proc/1/fd/1` fail on them.
 */
export class FifoPool {
  readonly #directory: string;
  readonly #mkfifo: string;
  readonly #paths: string[] = [];
  #made = 0;
  #making: Promise<void> | undefined;

  constructor(directory: string, mkfifo: string) {
    this.#directory = directory;
    this.#mkfifo = mkfifo;
    mkdirSync(directory, {recursive: true});
  }

  /** A pipe that the process writes and we read. */
  async output(): Promise<Pipe> {
    const path = await this.#take();
    const ours = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const childEnd = openSync(path, constants.O_WRONLY);
    unlinkSync(path);
    return {childEnd, stream: new Socket({fd: ours, readable: true, writable: false})};
  }

  /** A pipe that we write and the process reads; it ends when our stream is destroyed. */
  async input(): Promise<Pipe> {
    const path = await this.#take();
    // Open for reading and writing, so that neither of the other two opens blocks.
    const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const childEnd = openSync(path, constants.O_RDONLY);
    const ours = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    closeSync(both);
    unlinkSync(path);
    return {childEnd, stream: new Socket({fd: ours, readable: false, writable: true})};
  }

  async #take(): Promise<string> {
    for (;;) {
      const path = this.#paths.pop();
      if (path !== undefined) return path;
      this.#making ??= this.#make();
      await this.#making;
    }
  }

  async #make(): Promise<void> {
    const first = this.#made;
    this.#made += batch;
    const paths = Array.from({length: batch}, (_, index) =>
      join(this.#directory, (first + index).toString()),
    );
    await promisify(execFile)(this.#mkfifo, ['-m', '600', ...paths]);
    this.#paths.push(...paths);
    this.#making = undefined;
  }
}

/**
 * Bytes for a script's stdin, which then stays open until the exec ends. A script that reads it to its end
 * learns that its caller is gone. (It cannot learn that from writing: the container runtime goes on taking
 * its output.)
 */
export class OpenStdin {
  readonly #first: Buffer;
  readonly #signal: AbortSignal;
  readonly #stderr: Buffer[] = [];
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>(resolve => (this.#end = resolve));

  /** @param signal ends the stream with its reason */
  constructor(first: Buffer, signal: AbortSignal) {
    this.#first = first;
    this.#signal = signal;
  }

  async *pieces(): AsyncGenerator<Buffer> {
    if (this.#first.length > 0) yield this.#first;
    const signal = this.#signal;
    let onAbort: () => void = () => undefined;
    const isOver = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, {once: true});
      if (signal.aborted) onAbort();
    });
    try {
      await Promise.race([this.#ended, isOver]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Takes a piece of the script's stderr. A word of ours there says that it does nothing: stdin is then closed. */
  hear(piece: Buffer): void {
    this.#stderr.push(piece);
    if (/^gc:/m.test(this.stderr.toString())) this.#end();
  }

  /** All of the script's stderr so far. */
  get stderr(): Buffer {
    return Buffer.concat(this.#stderr);
  }
}

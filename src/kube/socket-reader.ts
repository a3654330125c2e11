import type {Socket} from 'node:net';

/** The longest line of an HTTP head that is accepted, in bytes. */
const LINE_LIMIT = 64 * 1024;

/**
 * Reads lines, or a number of bytes, from a socket. Buffers from the start, so that no byte is lost between
 * the end of an HTTP head and the first WebSocket frame, and never pauses the socket: API servers have
 * truncated the output of an exec whose client read slowly (kubernetes/kubernetes#124571).
 */
export class SocketReader {
  #pieces: Buffer[] = [];
  #length = 0;
  #ended = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#length += piece.length;
      this.#wake?.();
    });
    socket.on('error', error => {
      this.#error ??= error;
      this.#wake?.();
    });
    socket.on('close', () => this.#end());
    socket.on('end', () => this.#end());
  }

  /** Makes the read under way, and every later one, raise this error once the buffered bytes are read. */
  fail(error: unknown): void {
    this.#error = error;
    this.#wake?.();
  }

  /** The next line, without its CRLF; undefined when the socket ended before it began. */
  async line(): Promise<string | undefined> {
    let searchedFrom = 0;
    for (;;) {
      const all = this.#joined();
      const end = all.indexOf(10, searchedFrom);
      if (end !== -1) {
        const line = this.#take(end + 1).toString('latin1');
        return line.endsWith('\r\n') ? line.slice(0, -2) : line.slice(0, -1);
      }
      if (all.length > LINE_LIMIT) throw new Error('the server sent an endless header line');
      searchedFrom = all.length;
      if (!(await this.#more())) {
        if (all.length > 0) throw new Error('the connection closed in the middle of a line');
        return undefined;
      }
    }
  }

  /** The next `length` bytes; raises when the socket ends before. */
  async exactly(length: number): Promise<Buffer> {
    while (this.#length < length) {
      if (!(await this.#more()))
        throw new Error('the connection closed in the middle of a message');
    }
    return this.#take(length);
  }

  /** The next bytes as they come, 1 to `limit` of them; undefined when the socket has ended. */
  async some(limit: number): Promise<Buffer | undefined> {
    while (this.#length === 0) {
      if (!(await this.#more())) return undefined;
    }
    return this.#take(Math.min(limit, this.#pieces[0]?.length ?? 0));
  }

  /** Waits for more bytes; false at the end. Raises what broke the socket. */
  async #more(): Promise<boolean> {
    const before = this.#length;
    for (;;) {
      if (this.#length > before) return true;
      if (this.#error !== undefined) throw this.#error as Error;
      if (this.#ended) return false;
      await new Promise<void>(resolve => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  #joined(): Buffer {
    const [first] = this.#pieces;
    if (this.#pieces.length === 1 && first) return first;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }

  #take(length: number): Buffer {
    const first = this.#pieces[0] ?? Buffer.alloc(0);
    const source = first.length >= length ? first : this.#joined();
    if (source.length === length) this.#pieces.shift();
    else this.#pieces[0] = source.subarray(length);
    this.#length -= length;
    return source.subarray(0, length);
  }
}

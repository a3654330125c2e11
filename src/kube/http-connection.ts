import type {Socket} from 'node:net';
import {SocketReader} from './socket-reader.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** A header whose value is a list is sent once for each item. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | undefined;
}

export interface HttpHead {
  readonly status: number;
  /** By name in lower case; the last value of a header that is repeated. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * One HTTP/1.1 connection, one request at a time. Written on the bare socket because node:https
 * alone costs every call of ours 5 to 7 ms (docs/adr/0002-transport.md).
 */
export class HttpConnection {
  readonly socket: Socket;
  readonly reader: SocketReader;
  #reusable = true;

  constructor(socket: Socket) {
    this.socket = socket;
    this.reader = new SocketReader(socket);
    socket.once('close', () => (this.#reusable = false));
  }

  /** True when another request can be sent: the last body was read to its end, and the socket is open. */
  get isReusable(): boolean {
    return this.#reusable && !this.socket.destroyed && this.socket.writable;
  }

  /** Sends the request and reads the head of the answer; the body is the caller's to read. */
  async send(request: HttpRequest, host: string): Promise<HttpHead> {
    this.#reusable = false;
    const lines = [`${request.method} ${request.path} HTTP/1.1`, `Host: ${host}`];
    for (const [name, values] of Object.entries(request.headers)) {
      for (const value of [values].flat()) lines.push(`${name}: ${value}`);
    }
    if (request.body !== undefined) {
      lines.push(`Content-Length: ${Buffer.byteLength(request.body)}`);
    }
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n${request.body ?? ''}`);
    for (;;) {
      const head = await this.#readHead();
      // After a 1xx answer other than 101 another one follows (RFC 9110, section 15.2).
      if (head.status >= 200 || head.status === 101) return head;
    }
  }

  /** The body of this answer, piece by piece; once it is read the connection can be used again. */
  async *body(head: HttpHead): AsyncGenerator<Buffer> {
    const length = head.headers.get('content-length');
    if (head.headers.get('transfer-encoding')?.toLowerCase() === 'chunked') yield* this.#chunks();
    else if (length !== undefined) yield* this.#counted(Number(length));
    else if (head.status !== 204 && head.status !== 304) {
      yield* this.#untilClosed();
      return;
    }
    this.#reusable = head.headers.get('connection')?.toLowerCase() !== 'close';
  }

  close(): void {
    this.#reusable = false;
    this.socket.destroy();
  }

  async #readHead(): Promise<HttpHead> {
    const statusLine = await this.reader.line();
    if (statusLine === undefined) throw new Error('the server closed the connection, no answer');
    const match = /^HTTP\/1\.[01] (\d{3})/.exec(statusLine);
    if (!match) throw new Error(`not an HTTP answer: ${JSON.stringify(statusLine.slice(0, 80))}`);
    const headers = new Map<string, string>();
    for (;;) {
      const line = await this.reader.line();
      if (line === undefined) throw new Error('the connection closed in the middle of a head');
      if (line === '') return {status: Number(match[1]), headers};
      const colon = line.indexOf(':');
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const sizeLine = await this.reader.line();
      const size = Number.parseInt(sizeLine ?? '', 16);
      if (Number.isNaN(size)) throw new Error('the connection closed in the middle of an answer');
      if (size === 0) break;
      yield* this.#counted(size);
      await this.reader.line();
    }
    // Trailers, which nothing here uses, end with an empty line.
    while (await this.reader.line());
  }

  async *#counted(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      const piece = await this.reader.some(left);
      if (piece === undefined) throw new Error('the connection closed in the middle of an answer');
      left -= piece.length;
      yield piece;
    }
  }

  async *#untilClosed(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = await this.reader.some(64 * 1024);
      if (piece === undefined) return;
      yield piece;
    }
  }
}

import {PassThrough} from 'node:stream';
import type {RawData, WebSocket} from 'ws';
import type {RequestFault} from '../faults.ts';
import type {JsonObject} from '../json.ts';
import {numberAt} from '../json.ts';
import type {TerminalSize} from './call.ts';

const pieceSize = 32 * 1024;

export interface Streams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The server's end of one exec connection: channels in frames, v5 with half close. */
export class ExecSession {
  readonly #socket: WebSocket;
  readonly #streams: Streams;
  readonly #fault: RequestFault | undefined;
  readonly #stdin = new PassThrough();
  readonly #sizes: ((size: TerminalSize) => void)[] = [];
  #lastSize: TerminalSize | undefined;
  #sent = 0;
  #broken = false;

  constructor(socket: WebSocket, streams: Streams, fault: RequestFault | undefined) {
    this.#socket = socket;
    this.#streams = streams;
    this.#fault = fault;
    if (!streams.stdin) this.#stdin.end();
    socket.on('message', data => this.#received(asBuffer(data)));
    socket.on('close', () => this.#stdin.end());
    // A client that disconnects is not a failure of the server.
    socket.on('error', () => socket.terminate());
    // Like a real server, signal readiness by an empty frame on the lowest channel written to.
    const lowest = streams.stdout ? 1 : streams.stderr && !streams.tty ? 2 : 3;
    socket.send(Buffer.from([lowest]));
  }

  async *stdin(): AsyncGenerator<Buffer> {
    for await (const piece of this.#stdin) {
      if (Buffer.isBuffer(piece)) yield piece;
    }
  }

  onResize(listener: (size: TerminalSize) => void): void {
    this.#sizes.push(listener);
    if (this.#lastSize !== undefined) listener(this.#lastSize);
  }

  async write(channel: 1 | 2, piece: Buffer | string): Promise<void> {
    const {stdout, stderr, tty} = this.#streams;
    if (channel === 1 ? !stdout : !stderr || tty) return;
    const bytes = Buffer.from(piece);
    for (let at = 0; at < bytes.length; at += pieceSize) {
      await this.#sendOutput(channel, bytes.subarray(at, at + pieceSize));
    }
  }

  /** Sends the Status and closes, unless a fault comes first. */
  async finish(status: JsonObject): Promise<void> {
    if (this.#fault?.type === 'exec') this.#break(this.#fault.how);
    if (this.#broken) return;
    await this.#send(3, Buffer.from(JSON.stringify(status)));
    this.#socket.close(1000);
  }

  #received(frame: Buffer): void {
    if (this.#broken) return;
    const channel = frame[0];
    const payload = frame.subarray(1);
    if (channel === 0 && this.#streams.stdin) {
      if (this.#stdin.writableEnded || this.#stdin.write(payload)) return;
      this.#socket.pause();
      this.#stdin.once('drain', () => this.#socket.resume());
    } else if (channel === 255 && payload[0] === 0 && this.#socket.protocol.startsWith('v5')) {
      this.#stdin.end();
      // Otherwise resumed by `drain`, which is never emitted after the end.
      this.#socket.resume();
    } else if (channel === 4 && this.#streams.tty) this.#resized(payload);
  }

  #resized(payload: Buffer): void {
    const sent: unknown = JSON.parse(payload.toString());
    const columns = numberAt(sent, 'Width') ?? numberAt(sent, 'width') ?? 0;
    const rows = numberAt(sent, 'Height') ?? numberAt(sent, 'height') ?? 0;
    this.#lastSize = {columns, rows};
    for (const listener of this.#sizes) listener(this.#lastSize);
  }

  async #sendOutput(channel: 1 | 2, bytes: Buffer): Promise<void> {
    if (this.#broken) return;
    const left =
      this.#fault?.type === 'exec' ? (this.#fault.afterBytes ?? Infinity) - this.#sent : Infinity;
    const allowed = bytes.subarray(0, Math.max(0, Math.min(bytes.length, left)));
    this.#sent += allowed.length;
    if (allowed.length > 0) await this.#send(channel, allowed);
    if (allowed.length < bytes.length && this.#fault?.type === 'exec') this.#break(this.#fault.how);
  }

  #break(how: 'cut' | 'close' | 'silent'): void {
    if (this.#broken) return;
    this.#broken = true;
    if (how === 'cut') this.#socket.terminate();
    else if (how === 'close') this.#socket.close(1000);
    // A paused socket does not answer pings either.
    else this.#socket.pause();
  }

  async #send(channel: number, bytes: Buffer): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    await new Promise<void>(resolve => {
      // A failed send means a lost connection, which `close` reports.
      this.#socket.send(Buffer.concat([Buffer.from([channel]), bytes]), () => resolve());
    });
  }
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

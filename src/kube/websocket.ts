import {nowMs} from '../time/now.ts';
import {createHash, randomBytes, randomFillSync} from 'node:crypto';
import type {HttpConnection} from './http-connection.ts';

/** RFC 6455, section 5.2. */
const OPCODE = {continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10} as const;

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The longest frame that is accepted. Exec servers send at most 32 KiB in one. */
const MESSAGE_LIMIT = 64 * 1024 * 1024;

/** RFC 6455, section 5.3. */
const MASK_BYTES = 4;

/** A new Sec-WebSocket-Key, and the Sec-WebSocket-Accept that the server must answer. */
export function handshakeKey(): {key: string; accept: string} {
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64');
  return {key, accept};
}

/** The client's side of a WebSocket (RFC 6455) on an upgraded connection: messages, pings, close. */
export class WebSocketClient {
  /** When a frame last arrived, in milliseconds of nowMs(). */
  lastFrameAtMs = nowMs();
  readonly #connection: HttpConnection;

  constructor(connection: HttpConnection) {
    this.#connection = connection;
  }

  get isClosed(): boolean {
    return this.#connection.socket.destroyed || !this.#connection.socket.writable;
  }

  /** Bytes that wait in the process because the kernel has not taken them yet. */
  get queuedBytes(): number {
    return this.#connection.socket.writableLength;
  }

  /** Sends one binary message of these parts; resolves once the socket's buffer has room again. */
  async send(...parts: readonly Buffer[]): Promise<void> {
    if (this.#write(OPCODE.binary, ...parts)) return;
    const {socket} = this.#connection;
    await new Promise<void>(resolve => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.once('drain', done).once('close', done);
      if (socket.destroyed) done();
    });
  }

  ping(): void {
    this.#write(OPCODE.ping);
  }

  /** Sends a close frame (1000, normal) and ends the socket without waiting for the server's. */
  close(): void {
    this.#write(OPCODE.close, Buffer.from([0x03, 0xe8]));
    this.#connection.socket.destroySoon();
  }

  /** Drops the connection. */
  destroy(): void {
    this.#connection.close();
  }

  /** The messages, until the server sends a close frame; raises when the connection breaks. */
  async *messages(): AsyncGenerator<Buffer> {
    let parts: Buffer[] = [];
    for (;;) {
      const frame = await this.#readFrame();
      this.lastFrameAtMs = nowMs();
      if (frame.opcode === OPCODE.close) return;
      if (frame.opcode === OPCODE.ping) this.#write(OPCODE.pong, frame.payload);
      if (frame.opcode > OPCODE.binary) continue;
      parts.push(frame.payload);
      if (!frame.isFinal) continue;
      yield parts.length === 1 ? frame.payload : Buffer.concat(parts);
      parts = [];
    }
  }

  async #readFrame(): Promise<{opcode: number; isFinal: boolean; payload: Buffer}> {
    const {reader} = this.#connection;
    const head = await reader.exactly(2);
    const first = head.readUInt8(0);
    const second = head.readUInt8(1);
    let length = second & 0x7f;
    if (length === 126) length = (await reader.exactly(2)).readUInt16BE(0);
    else if (length === 127) length = Number((await reader.exactly(8)).readBigUInt64BE(0));
    if (second & 0x80) throw new Error('the server sent a masked WebSocket frame');
    if (length > MESSAGE_LIMIT) throw new Error(`the server sent a frame of ${length} bytes`);
    const payload = length === 0 ? Buffer.alloc(0) : await reader.exactly(length);
    return {opcode: first & 0x0f, isFinal: (first & 0x80) !== 0, payload};
  }

  /** False when the socket's buffer is full. On a closed connection nothing is sent: its reader tells why. */
  #write(opcode: number, ...parts: readonly Buffer[]): boolean {
    return this.isClosed || this.#connection.socket.write(maskedFrame(opcode, parts));
  }
}

/** One final frame of the parts joined, masked as clients must (RFC 6455, section 5.3). */
function maskedFrame(opcode: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = 2 + extended + MASK_BYTES;
  // The payload begins at a multiple of four bytes, so that it can be masked in place, word by word.
  const start = head + MASK_BYTES - (head % MASK_BYTES || MASK_BYTES);
  const memory = new ArrayBuffer(start + Math.ceil(length / MASK_BYTES) * MASK_BYTES);
  const frame = Buffer.from(memory, start - head, head + length);
  frame.writeUInt8(0x80 | opcode, 0);
  frame.writeUInt8(0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127), 1);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomFillSync(new Int32Array(memory, start - MASK_BYTES, 1));
  let at = head;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  const key = mask[0] ?? 0;
  const words = new Int32Array(memory, start);
  for (let n = 0; n < words.length; n++) words[n] = (words[n] ?? 0) ^ key;
  return frame;
}

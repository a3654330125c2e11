import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {Duplex} from 'node:stream';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {onTestFinished} from 'vitest';

/** A socket without a network: what arrives, and in which pieces, the test says. */
export class Wire extends Duplex {
  readonly #sent: Buffer[] = [];
  #delivered = Promise.resolve();

  /** Everything delivered so far has arrived. */
  get delivered(): Promise<void> {
    return this.#delivered;
  }

  get sent(): Buffer {
    return Buffer.concat(this.#sent);
  }

  /** What the rooms under test take it for; they use nothing of a Socket that is missing here. */
  get socket(): Socket {
    return this as unknown as Socket;
  }

  /** Each piece arrives as one, in a turn of the event loop of its own. */
  deliver(...pieces: readonly (Buffer | string | null)[]): this {
    for (const piece of pieces) {
      this.#delivered = this.#delivered.then(() => nextTurn()).then(() => void this.push(piece));
    }
    return this;
  }

  /** The other side has nothing more to say. */
  finish(): this {
    return this.deliver(null);
  }

  destroySoon(): void {
    this.end();
    this.destroy();
  }

  override _read(): void {
    return;
  }

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#sent.push(piece);
    done();
  }
}

/** A server on loopback that does with each connection what the test says; counts them. */
export async function tcpServer(serve: (socket: Socket, count: number) => void): Promise<{
  port: number;
  url: string;
  connections: () => number;
}> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    serve(socket, ++count);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const {port} = server.address() as AddressInfo;
  return {port, url: `http://127.0.0.1:${port}`, connections: () => count};
}

/** Calls back with each whole request head that a connection brings. */
export function onRequest(socket: Socket, answer: (head: string, count: number) => void): void {
  let heard = '';
  let count = 0;
  socket.on('data', (piece: Buffer) => {
    heard += piece.toString('latin1');
    for (let end = heard.indexOf('\r\n\r\n'); end !== -1; end = heard.indexOf('\r\n\r\n')) {
      const head = heard.slice(0, end);
      heard = heard.slice(end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0));
      answer(head, ++count);
    }
  });
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect({host: '127.0.0.1', port});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** A whole HTTP answer. */
export function answer(status: number, body: unknown, headers = ''): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `HTTP/1.1 ${status} X\r\n${headers}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

export async function read(pieces: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}

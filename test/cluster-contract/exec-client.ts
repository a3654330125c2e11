import {once} from 'node:events';
import type {IncomingMessage} from 'node:http';
import type {RawData} from 'ws';
import {WebSocket} from 'ws';
import type {Target} from './api-client.ts';

export interface ExecEnd {
  /** Channel of every frame, in order. */
  readonly channels: readonly number[];
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The Status of channel 3 as JSON; '' when none came. */
  readonly status: string;
  readonly closeCode: number;
}

/** One exec connection by a plain WebSocket client: nothing of ours between. */
export class ExecClient {
  readonly #socket: WebSocket;
  readonly #frames: Buffer[] = [];

  /** `query` without the command, e.g. `stdin=true&stdout=true`. */
  constructor(
    target: Target,
    {pod, query, command}: {pod: string; query: string; command: readonly string[]},
    protocol = 'v5.channel.k8s.io',
  ) {
    const path = `/api/v1/namespaces/${target.namespace}/pods/${pod}/exec?${query}`;
    const url = new URL(path, target.server);
    for (const word of command) url.searchParams.append('command', word);
    const {ca, cert, key, headers} = target;
    this.#socket = new WebSocket(url, protocol, {
      headers,
      perMessageDeflate: false,
      ...(ca === undefined ? {} : {ca}),
      ...(cert === undefined ? {} : {cert}),
      ...(key === undefined ? {} : {key}),
    });
    this.#socket.on('message', (data: RawData) => {
      if (Buffer.isBuffer(data)) this.#frames.push(data);
    });
  }

  async opened(): Promise<void> {
    await once(this.#socket, 'open');
  }

  async send(channel: number, payload: Buffer | string): Promise<void> {
    const frame = Buffer.concat([Buffer.from([channel]), Buffer.from(payload)]);
    await new Promise<void>((resolve, reject) =>
      this.#socket.send(frame, error => (error ? reject(error) : resolve())),
    );
  }

  /** The half close of v5: stdin is at its end, the answer still comes. */
  async endStdin(): Promise<void> {
    await this.send(255, Buffer.from([0]));
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Waits until stdout, or the terminal, has shown this. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#of(1).toString())) await once(this.#socket, 'message');
  }

  async ended(): Promise<ExecEnd> {
    const closeCode = await new Promise<number>((resolve, reject) => {
      this.#socket.once('close', resolve);
      this.#socket.once('error', reject);
    });
    return {
      channels: this.#frames.map(frame => frame[0] ?? -1),
      stdout: this.#of(1),
      stderr: this.#of(2),
      status: this.#of(3).toString(),
      closeCode,
    };
  }

  /** HTTP status and body of a refusal before the upgrade. */
  async refused(): Promise<{status: number; text: string}> {
    const [, response] = (await once(this.#socket, 'unexpected-response')) as [
      unknown,
      IncomingMessage,
    ];
    let text = '';
    for await (const piece of response) text += String(piece);
    return {status: response.statusCode ?? 0, text};
  }

  #of(channel: number): Buffer {
    const own = this.#frames.filter(frame => frame[0] === channel);
    return Buffer.concat(own.map(frame => frame.subarray(1)));
  }
}

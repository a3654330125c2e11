import {once} from 'node:events';
import {onTestFinished} from 'vitest';
import type {RawData} from 'ws';
import {WebSocket} from 'ws';
import type {DevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import {startDevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import type {DevClusterOptions} from '../../dev-cluster/options.ts';
import type {Target} from '../cluster-contract/api-client.ts';
import {ApiClient} from '../cluster-contract/api-client.ts';

/** A cluster of this test's own, stopped at its end. */
export async function devCluster(options: DevClusterOptions = {}): Promise<DevCluster> {
  const cluster = await startDevCluster(options);
  onTestFinished(() => cluster.stop());
  return cluster;
}

/** Raw HTTP to it. */
export function clientOf(cluster: DevCluster, token = cluster.token): ApiClient {
  const target: Target = {
    server: new URL(cluster.url),
    headers: {authorization: `Bearer ${token}`},
    ...(cluster.authority === undefined ? {} : {ca: cluster.authority}),
    namespace: 'default',
    close: () => Promise.resolve(),
  };
  const client = new ApiClient(target);
  onTestFinished(() => client.close());
  return client;
}

export const podNamed = (name: string, more: object = {}): object => ({
  metadata: {name},
  spec: {
    restartPolicy: 'Never',
    containers: [{name: 'agent', image: 'agent', env: [{name: 'COLOUR', value: 'red'}]}],
    ...more,
  },
});

/** Creates a pod and waits until its watch shows what is wanted. */
export async function podUntil(
  client: ApiClient,
  name: string,
  wanted: (status: string) => boolean,
): Promise<void> {
  const watch = client.watch(`/pods?watch=1&fieldSelector=metadata.name=${name}`);
  await client.call('POST', '/pods', podNamed(name));
  for await (const {object} of watch) if (wanted(JSON.stringify(object.status))) break;
}

export async function runningPod(client: ApiClient, name: string): Promise<void> {
  await podUntil(client, name, status => status.includes('"phase":"Running"'));
}

export interface Ended {
  /** Every frame as `channel: text`, in order. */
  readonly frames: readonly string[];
  readonly output: string;
  /** The Status of channel 3, '' when none came. */
  readonly status: string;
  readonly closeCode: number;
}

/** One exec connection, as `ws` sees it. */
export class ExecClient {
  readonly socket: WebSocket;
  readonly #frames: Buffer[] = [];

  constructor(cluster: DevCluster, query: string, protocols = ['v5.channel.k8s.io']) {
    const url = `${cluster.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/${query}`;
    this.socket = new WebSocket(url, protocols, {
      headers: {authorization: `Bearer ${cluster.token}`},
      ...(cluster.authority === undefined ? {} : {ca: cluster.authority}),
    });
    // A cut connection is what some tests are about; `close` tells of it.
    this.socket.on('error', () => this.socket.terminate());
    this.socket.on('message', (data: RawData) => {
      if (Buffer.isBuffer(data)) this.#frames.push(data);
    });
    onTestFinished(() => this.socket.terminate());
  }

  /** HTTP status and body of a refusal before the upgrade. */
  async refused(): Promise<{status: number; text: string}> {
    return new Promise(resolve => {
      this.socket.on('unexpected-response', (_request, response) => {
        let text = '';
        response.on('data', (piece: Buffer) => (text += piece.toString()));
        response.on('end', () => resolve({status: response.statusCode ?? 0, text}));
      });
    });
  }

  send(channel: number, payload: Buffer | string): void {
    this.socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(payload)]));
  }

  endStdin(): void {
    this.send(255, Buffer.from([0]));
  }

  async opened(): Promise<void> {
    await once(this.socket, 'open');
  }

  /** Waits until this many bytes of output have come. */
  async output(bytes: number): Promise<string> {
    while (this.#of(1).length < bytes) await once(this.socket, 'message');
    return this.#of(1).toString();
  }

  /** Waits until the output so far matches. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#of(1).toString())) await once(this.socket, 'message');
  }

  async ended(): Promise<Ended> {
    const closeCode = await new Promise<number>(resolve => this.socket.once('close', resolve));
    return {
      frames: this.#frames.map(frame => `${frame[0] ?? ''}: ${frame.subarray(1).toString()}`),
      output: this.#of(1).toString(),
      status: this.#of(3).toString(),
      closeCode,
    };
  }

  #of(channel: number): Buffer {
    return Buffer.concat(
      this.#frames.filter(frame => frame[0] === channel).map(frame => frame.subarray(1)),
    );
  }
}

/** The query of an exec. */
export function execQuery(
  pod: string,
  command: readonly string[],
  streams = 'stdout=1&stderr=1',
): string {
  const words = command.map(word => `command=${encodeURIComponent(word)}`);
  return `${pod}/exec?container=agent&${streams}&${words.join('&')}`;
}

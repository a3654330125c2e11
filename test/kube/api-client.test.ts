import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {devCluster} from '../dev-cluster/kit.ts';
import {ApiClient} from '../../src/kube/api-client.ts';
import type {CredentialSource} from '../../src/kube/connection.ts';
import type {HttpClient} from '../../src/kube/http-client.ts';
import {Deadline} from '../../src/time/deadline.ts';
import {apiAt, clusterAt, connectionOf, connectionTo, failure, runningPod} from './kit.ts';
import {answer, onRequest, tcpServer} from './wire.ts';

const INTENT = {verb: 'get', resource: 'pods', name: 'mayor', namespace: 'default'};
const GET = {method: 'GET', intent: INTENT, path: '/api/v1/namespaces/default/pods/mayor'} as const;

/** Gives these tokens one after the other, as often as it is told to forget one. */
function tokens(...given: readonly string[]): CredentialSource & {renewals: number} {
  return {
    renewals: 0,
    current() {
      return Promise.resolve({authorization: `Bearer ${given[this.renewals] ?? 'none'}`});
    },
    renew() {
      this.renewals += 1;
      return this.renewals < given.length;
    },
  };
}

describe('an API client', () => {
  it('renews its credentials once after a 401', async () => {
    const dev = await devCluster();
    const cluster = clusterAt(connectionOf(dev, {credentials: tokens('old', dev.token)}));
    expect((await failure(cluster.pods.get('mayor'))).failure).toBe('notFound');
    expect(dev.requests).toHaveLength(2);
    const credentials = tokens('old', 'older', dev.token);
    const other = clusterAt(connectionOf(dev, {credentials}));
    const error = await failure(other.pods.get('mayor'));
    expect([error.failure, credentials.renewals]).toEqual(['unauthorized', 1]);
    expect(error.message).toMatch(/does not accept these credentials: .*; log in again/);
  });

  it('asks once when there are no other credentials', async () => {
    const dev = await devCluster();
    const cluster = clusterAt(connectionOf(dev, {credentials: tokens('old')}));
    expect((await failure(cluster.pods.get('mayor'))).failure).toBe('unauthorized');
    expect(dev.requests).toHaveLength(1);
  });

  it('leaves an exec alone when another request of it has to renew', async () => {
    let release: () => void = () => undefined;
    const dev = await devCluster({
      exec: async call => {
        await call.stdout('up');
        await new Promise<void>(resolve => (release = resolve));
        return 7;
      },
    });
    const credentials = tokens(dev.token, dev.token);
    const cluster = clusterAt(connectionOf(dev, {credentials}));
    await runningPod(dev, cluster);
    let up: () => void = () => undefined;
    const isUp = new Promise<void>(resolve => (up = resolve));
    const running = cluster.exec({
      pod: 'mayor',
      container: 'agent',
      command: ['x'],
      onStdout: () => up(),
    });
    await isUp;
    dev.faults.add({match: {path: /mayor$/}, action: {type: 'status', code: 401}});
    expect((await cluster.pods.get('mayor')).metadata.name).toBe('mayor');
    expect(credentials.renewals).toBe(1);
    release();
    expect((await running).exitCode).toBe(7);
  });

  it('quotes the first line of a page that some proxy put in the place of a Status', async () => {
    const page = '<html><title>Bad gateway</title>\n<body>already exists</body></html>';
    const server = await tcpServer(socket =>
      onRequest(socket, () => socket.write(answer(404, page))),
    );
    const {message} = await failure(apiAt(connectionTo(server.url)).json(GET));
    expect(message).toBe(
      'get pods "mayor" in namespace "default": <html><title>Bad gateway</title>',
    );
  });

  it('repeats a read whose answer is no JSON until the time is up', async () => {
    const server = await tcpServer(socket =>
      onRequest(socket, () => socket.write(answer(200, '<html>log in</html>'))),
    );
    const {message} = await failure(apiAt(connectionTo(server.url), {budgetMs: 200}).json(GET));
    expect(message).toContain('JSON');
  });

  it('uses one connection for one request after the other, another when it was closed', async () => {
    const server = await tcpServer(socket =>
      onRequest(socket, (_, count) => {
        socket.write(answer(200, '{}'));
        if (count === 3) socket.end();
      }),
    );
    const api = apiAt(connectionTo(server.url));
    for (let count = 0; count < 5; count++) await api.json(GET);
    expect(server.connections()).toBe(2);
  });

  it('sends nothing once it is cancelled', async () => {
    let requests = 0;
    const server = await tcpServer(socket =>
      onRequest(socket, () => {
        requests += 1;
        socket.write(answer(200, '{}'));
      }),
    );
    const controller = new AbortController();
    const cluster = clusterAt(connectionTo(server.url), {parent: controller.signal});
    await cluster.pods.get('mayor');
    controller.abort(new Error('cancelled'));
    expect((await failure(cluster.pods.get('mayor'))).message).toContain('cancelled');
    await failure(cluster.exec({pod: 'mayor', container: 'agent', command: ['x']}));
    expect(requests).toBe(1);
  });

  it('goes below the path of its server, and impersonates', async () => {
    let heard = '';
    const server = await tcpServer(socket =>
      onRequest(socket, head => {
        heard = head;
        socket.write(answer(200, '{}', 'Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n'));
      }),
    );
    const credentials = {
      current: () => Promise.resolve({headers: {'Impersonate-User': 'ada'}}),
      renew: () => false,
    };
    const cluster = clusterAt(connectionTo(`${server.url}/k8s/c-1/`, {credentials}));
    await cluster.pods.get('a/b');
    expect(heard).toContain('GET /k8s/c-1/api/v1/namespaces/default/pods/a%2Fb HTTP/1.1\r\n');
    expect(heard).toContain('\r\nImpersonate-User: ada');
    expect(heard).not.toContain('Authorization');
    expect(new Date(cluster.serverTimeMs()).getUTCFullYear()).toBeLessThan(2001);
  });

  it('calls a refusal that breaks off a lost connection', async () => {
    const server = await tcpServer(socket =>
      onRequest(socket, () => socket.end('HTTP/1.1 500 X\r\nContent-Length: 100\r\n\r\n{"mess')),
    );
    const cluster = clusterAt(connectionTo(server.url));
    const request = {pod: 'mayor', container: 'agent', command: ['true']};
    const error = await failure(cluster.exec(request));
    expect([error.failure, error.outcomeUnknown]).toEqual(['unreachable', true]);
    expect(error.message).toMatch(/^get pods\/exec "mayor" .*: no answer from .*in the middle of/);
  });

  it('is patient with a long answer as long as more of it comes', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
    onTestFinished(() => void vi.useRealTimers());
    async function* slowly(signal: AbortSignal): AsyncGenerator<Buffer> {
      for (const piece of ['{"sp', 'ec"', ':{}}']) {
        await vi.advanceTimersByTimeAsync(8_000);
        signal.throwIfAborted();
        yield Buffer.from(piece);
      }
    }
    const answered = {status: 200, headers: new Map(), connection: undefined as never};
    const http = {
      connection: connectionTo('http://127.0.0.1'),
      request: (_: unknown, signal: AbortSignal) =>
        Promise.resolve({...answered, body: slowly(signal)}),
    };
    const api = new ApiClient(http as unknown as HttpClient, new Deadline(Infinity));
    expect(await api.json(GET)).toEqual({spec: {}});
  });
});

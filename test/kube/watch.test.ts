import {afterEach, describe, expect, it, vi} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import type {DevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import type {Cluster, ConfigMap, WatchEvent} from '../../src/kube/cluster.ts';
import {devCluster} from '../dev-cluster/kit.ts';
import {clusterAt, connectionOf, connectionTo, failure} from './kit.ts';
import {onRequest, tcpServer} from './wire.ts';

const make = (cluster: Cluster, name: string) =>
  cluster.configMaps.create({metadata: {name}, data: {}} as ConfigMap);

async function city(options = {}) {
  const dev = await devCluster(options);
  const cluster = clusterAt(connectionOf(dev));
  const {metadata} = await make(cluster, 'first');
  const watch = cluster.configMaps.watch({resourceVersion: metadata.resourceVersion ?? ''});
  return {dev, cluster, watch};
}

/** `ADDED a`, as they come, until there are so many. */
async function seen(watch: AsyncIterable<WatchEvent<ConfigMap>>, count: number): Promise<string[]> {
  const all: string[] = [];
  for await (const event of watch) {
    all.push(
      event.type === 'BOOKMARK' ? event.type : `${event.type} ${event.object.metadata.name}`,
    );
    if (all.length === count) break;
  }
  return all;
}

const watches = ({requests}: DevCluster) => requests.filter(({verb}) => verb === 'watch');

describe('a watch', () => {
  it('tells what happens after its resourceVersion', async () => {
    const {cluster, watch} = await city();
    const events = seen(watch, 3);
    const {metadata} = await make(cluster, 'a');
    await cluster.configMaps.patch('a', {type: 'merge', body: {data: {x: '1'}}});
    await cluster.configMaps.delete('a', {uid: metadata.uid ?? ''});
    expect(await events).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it.each<[string, FaultAction]>([
    ['ended', {type: 'watch', how: 'end', afterEvents: 1}],
    ['cut', {type: 'watch', how: 'cut', afterEvents: 1}],
    ['ended at once', {type: 'watch', how: 'end'}],
    ['refused with 429', {type: 'status', code: 429}],
    ['refused with 503', {type: 'status', code: 503}],
    ['cut before its head', {type: 'cut', when: 'before'}],
  ])('goes on without loss or repetition when it is %s', async (_, action) => {
    const {dev, cluster, watch} = await city();
    dev.faults.add({match: {path: /watch/, times: 2}, action});
    const events = seen(watch, 3);
    for (const name of ['a', 'b', 'c']) await make(cluster, name);
    expect(await events).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
    expect(watches(dev)).toHaveLength(3);
  });

  it('resumes from a bookmark when nothing else happened', async () => {
    const {dev, cluster, watch} = await city({bookmarkMilliseconds: 5});
    dev.faults.add({match: {path: /watch/}, action: {type: 'watch', how: 'cut', afterEvents: 1}});
    const types = seen(watch, 2);
    await make(cluster, 'a');
    expect(await types).toContain('BOOKMARK');
    const queries = watches(dev).map(({query}) => query);
    expect(queries.map(query => query.get('allowWatchBookmarks'))).toContain('true');
    const seconds = Number(queries[0]?.get('timeoutSeconds'));
    expect(seconds).toBeGreaterThanOrEqual(240);
    expect(seconds).toBeLessThan(480);
  });

  it('is asked for again no sooner than Retry-After says', async () => {
    const {dev, cluster, watch} = await city();
    const action = {type: 'status', code: 429, retryAfterSeconds: 1} as const;
    dev.faults.add({match: {path: /watch/}, action});
    const events = seen(watch, 1);
    await make(cluster, 'a');
    await events;
    const [first, second] = watches(dev).map(({startedAt}) => startedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it.each(['gone', 'gone-status'] as const)('raises what is %s (410)', async how => {
    const {dev, watch} = await city();
    dev.faults.add({match: {path: /watch/}, action: {type: 'watch', how}});
    const error = await failure(seen(watch, 1));
    expect([error.failure, error.status]).toEqual(['gone', 410]);
    expect(watches(dev)).toHaveLength(1);
  });

  it('raises what waiting does not heal', async () => {
    const {dev, watch} = await city();
    dev.access.deny({resource: 'configmaps', verb: 'watch'});
    const error = await failure(seen(watch, 1));
    expect(error.message).toContain('needs verb "watch" on configmaps');
  });

  it('is closed when nobody iterates any more', async () => {
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>(resolve => (closed = resolve));
    const server = await tcpServer(socket => {
      socket.on('close', () => closed());
      onRequest(socket, () => socket.write(streaming('ADDED', 'a', 5)));
    });
    const cluster = clusterAt(connectionTo(server.url));
    expect(await seen(cluster.configMaps.watch({resourceVersion: '1'}), 1)).toEqual(['ADDED a']);
    await isClosed;
  });
});

/** The head of a watch, and one event. */
function streaming(type: string, name: string, resourceVersion: number): string {
  const metadata = {name, resourceVersion: String(resourceVersion)};
  const line = `${JSON.stringify({type, object: {metadata}})}\n`;
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${line.length.toString(16)}\r\n${line}\r\n`;
}

describe('a watch whose server', () => {
  afterEach(() => void vi.useRealTimers());

  it('is silent for longer than bookmarks take is made anew', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
    const since: (string | undefined)[] = [];
    let second: () => void = () => undefined;
    const reconnected = new Promise<void>(resolve => (second = resolve));
    const server = await tcpServer((socket, count) =>
      onRequest(socket, head => {
        since.push(/resourceVersion=(\d+)/.exec(head)?.[1]);
        socket.write(streaming('ADDED', count === 1 ? 'a' : 'b', 4 + count));
        if (count === 2) second();
      }),
    );
    const cluster = clusterAt(connectionTo(server.url), {budgetMs: Infinity});
    const watch = cluster.configMaps.watch({resourceVersion: '1'})[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({object: {metadata: {name: 'a'}}});
    const next = watch.next();
    await vi.advanceTimersByTimeAsync(89_000);
    expect(server.connections()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_500);
    await vi.advanceTimersByTimeAsync(2_000);
    await reconnected;
    expect((await next).value).toMatchObject({object: {metadata: {name: 'b'}}});
    expect(since).toEqual(['1', '5']);
    await watch.return?.(undefined);
  });

  it('restarts goes on where it was', async () => {
    const since: (string | undefined)[] = [];
    const server = await tcpServer((socket, count) =>
      onRequest(socket, head => {
        since.push(/resourceVersion=(\d+)/.exec(head)?.[1]);
        // A bookmark, too, says how far it was.
        const event = streaming(count === 1 ? 'BOOKMARK' : 'ADDED', `map-${count}`, count * 10);
        // Half an event, and the server is gone.
        socket.write(`${event}40\r\n{"type":"ADDED","obj`, () => socket.resetAndDestroy());
      }),
    );
    const cluster = clusterAt(connectionTo(server.url));
    const events = await seen(cluster.configMaps.watch({resourceVersion: '1'}), 3);
    expect(events).toEqual(['BOOKMARK', 'ADDED map-2', 'ADDED map-3']);
    expect(since).toEqual(['1', '10', '20']);
  });

  it('ends every watch at once is not asked without a pause', async () => {
    let count = 0;
    const server = await tcpServer(socket =>
      onRequest(socket, () => {
        count += 1;
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      }),
    );
    const cluster = clusterAt(connectionTo(server.url), {budgetMs: 500});
    await failure(seen(cluster.configMaps.watch({resourceVersion: '1'}), 1));
    expect(count).toBeLessThan(40);
  });
});

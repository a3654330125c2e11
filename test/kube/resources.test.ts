import {describe, expect, it} from 'vitest';
import {devCluster} from '../dev-cluster/kit.ts';
import type {ConfigMap, ListQuery, Page} from '../../src/kube/cluster.ts';
import {absentAsUndefined} from '../../src/kube/resources.ts';
import {clusterAt, connectionOf, failure, runningPod} from './kit.ts';

async function city() {
  const dev = await devCluster();
  return {dev, cluster: clusterAt(connectionOf(dev))};
}

type City = Awaited<ReturnType<typeof city>>;

async function pages({cluster}: City, query?: ListQuery): Promise<Page<ConfigMap>[]> {
  const all: Page<ConfigMap>[] = [];
  for await (const page of cluster.configMaps.list(query)) all.push(page);
  return all;
}

async function fill({cluster}: City, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const metadata = {name: `map-${at}`, labels: {odd: String(at % 2), at: `${at}`}};
    await cluster.configMaps.create({metadata, data: {text: 'é'}} as ConfigMap);
  }
}

describe('resources', () => {
  it('are created, read, replaced, patched and deleted', async () => {
    const {cluster} = await city();
    const {configMaps} = cluster;
    const created = await configMaps.create({
      metadata: {name: 'a'},
      data: {key: 'one'},
    } as ConfigMap);
    const replaced = await configMaps.replace({...created, data: {key: 'two'}});
    expect((await configMaps.get('a')).data).toEqual({key: 'two'});
    expect((await failure(configMaps.replace({...created, data: {}}))).failure).toBe('conflict');
    const operations = [
      {op: 'test', path: '/data/key', value: 'two'},
      {op: 'replace', path: '/data/key', value: 'three'},
    ] as const;
    const patched = await configMaps.patch('a', {type: 'json', operations});
    expect(patched.data).toEqual({key: 'three'});
    const again = await failure(configMaps.patch('a', {type: 'json', operations}));
    expect(again.failure).toBe('invalid');
    await configMaps.patch('a', {type: 'merge', body: {data: {key: null, other: 'x'}}});
    expect((await configMaps.get('a')).data).toEqual({other: 'x'});
    const {uid = ''} = replaced.metadata;
    expect((await failure(configMaps.delete('a', {uid: 'another'}))).failure).toBe('conflict');
    await configMaps.delete('a', {uid});
    expect(await absentAsUndefined(configMaps.get('a'))).toBeUndefined();
  });

  it('taken by another are told without the words that gc looks for', async () => {
    const dev = await devCluster({terminationMilliseconds: 'grace'});
    const cluster = clusterAt(connectionOf(dev));
    const pod = await runningPod(dev, cluster);
    const create = () =>
      cluster.pods.create({metadata: {name: 'mayor'}, spec: pod.spec} as typeof pod);
    const alive = await failure(create());
    await cluster.pods.delete('mayor', {gracePeriodSeconds: 5});
    const terminating = await failure(create());
    for (const {failure: kind, message, detail} of [alive, terminating]) {
      expect(kind).toBe('exists');
      expect(detail).toContain('already exists');
      expect(message).not.toMatch(/already exists/i);
    }
  });

  it('are listed page by page, each page one request of one list', async () => {
    const own = await city();
    await fill(own, 7);
    own.dev.clearRequests();
    const all = await pages(own, {limit: 3});
    expect(all.map(({items}) => items.length)).toEqual([3, 3, 1]);
    expect(new Set(all.map(({resourceVersion}) => resourceVersion)).size).toBe(1);
    const names = all.flatMap(({items}) => items.map(({metadata}) => metadata.name));
    expect(new Set(names).size).toBe(7);
    expect(own.dev.requests).toHaveLength(3);
    expect(await pages(own, {labelSelector: 'at=none'})).toEqual([
      {items: [], resourceVersion: expect.stringMatching(/^\d+$/) as string},
    ]);
  });

  it('are selected by labels and fields, encoded', async () => {
    const own = await city();
    await fill(own, 5);
    const selectors = [
      {labelSelector: 'odd=1'},
      {labelSelector: 'odd in (1),at!=3'},
      {fieldSelector: 'metadata.name=map-4'},
      {labelSelector: 'odd=0', fieldSelector: 'metadata.name!=map-0'},
    ];
    const found = [];
    for (const selector of selectors) {
      const [page] = await pages(own, selector);
      found.push(page?.items.map(({metadata}) => metadata.name));
    }
    expect(found).toEqual([['map-1', 'map-3'], ['map-1'], ['map-4'], ['map-2', 'map-4']]);
  });

  it('come without their data when only metadata is wanted', async () => {
    const own = await city();
    await fill(own, 1);
    const [page] = await pages(own, {metadataOnly: true});
    expect(page?.items[0]).toMatchObject({metadata: {name: 'map-0', labels: {odd: '0'}}});
    expect(page?.items[0]?.data).toBeUndefined();
    expect((await pages(await city(), {metadataOnly: true}))[0]?.items).toEqual([]);
  });

  it('whose list became too old in the middle are read on, as they are now', async () => {
    const own = await city();
    await fill(own, 5);
    const seen: Page<ConfigMap>[] = [];
    for await (const page of own.cluster.configMaps.list({limit: 2})) {
      seen.push(page);
      await own.cluster.configMaps.create({metadata: {name: `late-${seen.length}`}});
      await own.cluster.configMaps.create({metadata: {name: `map-9${seen.length}`}});
      own.dev.compact();
      if (seen.length === 3) break;
    }
    const names = seen.map(({items}) => items.map(({metadata}) => metadata.name));
    expect(names).toEqual([
      ['map-0', 'map-1'],
      ['map-2', 'map-3'],
      ['map-4', 'map-91'],
    ]);
    // A watch from there tells of everything that came meanwhile.
    expect(new Set(seen.map(({resourceVersion}) => resourceVersion)).size).toBe(1);
  });

  it('whose list became too old, without a way on, say so', async () => {
    const own = await city();
    await fill(own, 3);
    const list = own.cluster.configMaps.list({limit: 1})[Symbol.asyncIterator]();
    await list.next();
    own.dev.faults.add({
      match: {path: /continue=/},
      action: {type: 'status', code: 400, reason: 'Expired', message: 'too old'},
    });
    const {failure: kind, message} = await failure(list.next());
    expect([kind, message]).toEqual(['gone', expect.stringContaining('too old')]);
  });

  it.each(['get', 'list', 'create', 'update', 'patch', 'delete'])(
    'name the verb that a role lacks: %s',
    async verb => {
      const own = await city();
      await fill(own, 1);
      own.dev.access.deny({resource: 'configmaps', verb});
      const {configMaps} = own.cluster;
      const map = {metadata: {name: 'map-0'}, data: {}};
      const requests: Record<string, () => Promise<unknown>> = {
        get: () => configMaps.get('map-0'),
        list: () => pages(own),
        create: () => configMaps.create({metadata: {name: 'new'}}),
        update: () => configMaps.replace(map),
        patch: () => configMaps.patch('map-0', {type: 'merge', body: {}}),
        delete: () => configMaps.delete('map-0'),
      };
      const error = await failure(requests[verb]?.() ?? Promise.resolve());
      expect(error.failure).toBe('forbidden');
      expect(error.message).toContain(`needs verb "${verb}" on configmaps`);
    },
  );
});

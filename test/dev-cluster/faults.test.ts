import {expect, test} from 'vitest';
import {configMap, created} from '../cluster-contract/config-maps.ts';
import {clientOf, devCluster} from './kit.ts';

test('a status comes in the place of the answer, as often as ordered', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  cluster.faults.add({
    match: {method: 'GET', path: /configmaps/, nth: 2, times: 2},
    action: {type: 'status', code: 429, reason: 'TooManyRequests', retryAfterSeconds: 3},
  });
  const answers = [];
  for (let count = 0; count < 4; count += 1) answers.push(await client.call('GET', '/configmaps'));
  expect(answers.map(({status}) => status)).toEqual([200, 429, 429, 200]);
  expect(answers[1]?.headers['retry-after']).toBe('3');
  expect(answers[1]?.body).toMatchObject({kind: 'Status', reason: 'TooManyRequests', code: 429});
});

test.each(['before', 'after'] as const)(
  'a write cut %s it took effect has no answer',
  async when => {
    const cluster = await devCluster();
    const client = clientOf(cluster);
    cluster.faults.add({match: {method: 'POST'}, action: {type: 'cut', when}});
    await expect(client.call('POST', '/configmaps', configMap('a'))).rejects.toThrow();
    const {status} = await client.call('GET', '/configmaps/a');
    expect(status).toBe(when === 'after' ? 200 : 404);
  },
);

test('a 504 may hide a write that took effect', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  cluster.faults.add({match: {method: 'POST'}, action: {type: 'status', code: 504, when: 'after'}});
  expect((await client.call('POST', '/configmaps', configMap('a'))).status).toBe(504);
  expect((await client.call('GET', '/configmaps/a')).status).toBe(200);
});

test('a hanging request is never answered, a delayed one later', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  cluster.faults.add({match: {path: /hang/}, action: {type: 'hang'}});
  cluster.faults.add({match: {path: /slow/}, action: {type: 'delay', milliseconds: 30}});
  const hanging = client.call('GET', '/configmaps/hang');
  const slow = client.call('GET', '/configmaps/slow');
  const first = await Promise.race([hanging.then(() => 'hang'), slow.then(() => 'slow')]);
  expect(first).toBe('slow');
  void cluster.stop();
  await expect(hanging).rejects.toThrow();
});

test('a watch ends, or tells 410, when ordered', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  await created(client, 'a');
  await created(client, 'b');
  const seen = async (): Promise<string[]> => {
    const types = [];
    for await (const {type, object} of client.watch('/configmaps?watch=1'))
      types.push(`${type} ${object.code ?? ''}`);
    return types;
  };
  cluster.faults.add({match: {path: /watch/}, action: {type: 'watch', how: 'end', afterEvents: 1}});
  expect(await seen()).toEqual(['ADDED ']);
  cluster.faults.add({
    match: {path: /watch/},
    action: {type: 'watch', how: 'gone', afterEvents: 2},
  });
  expect(await seen()).toEqual(['ADDED ', 'ADDED ', 'ERROR 410']);
  cluster.faults.add({match: {path: /watch/}, action: {type: 'watch', how: 'gone-status'}});
  const {status, body} = await client.call('GET', '/configmaps?watch=1');
  expect([status, body.reason]).toEqual([410, 'Expired']);
});

test('beyond the history a watch is told 410 and a page too', async () => {
  const cluster = await devCluster({historyLimit: 3});
  const client = clientOf(cluster);
  for (const name of ['a', 'b', 'c']) await created(client, name);
  const first = await client.call('GET', '/configmaps?limit=1');
  for (const name of ['d', 'e', 'f', 'g']) await created(client, name);
  const from = first.body.metadata?.resourceVersion ?? '';
  for await (const {type, object} of client.watch(`/configmaps?watch=1&resourceVersion=${from}`)) {
    expect([type, object.code, object.reason]).toEqual(['ERROR', 410, 'Expired']);
  }
  const next = first.body.metadata?.continue ?? '';
  expect((await client.call('GET', `/configmaps?limit=1&continue=${next}`)).status).toBe(410);
});

test('bookmarks tell how far a quiet watch has come', async () => {
  const cluster = await devCluster({bookmarkMilliseconds: 5});
  const client = clientOf(cluster);
  const {metadata} = await created(client, 'a');
  const path = `/pods?watch=1&allowWatchBookmarks=true&resourceVersion=${metadata?.resourceVersion ?? ''}`;
  for await (const {type, object} of client.watch(path)) {
    expect([type, object.kind, object.metadata]).toEqual([
      'BOOKMARK',
      'Pod',
      {resourceVersion: metadata?.resourceVersion},
    ]);
    break;
  }
});

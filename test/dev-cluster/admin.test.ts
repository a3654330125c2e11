import {expect, test} from 'vitest';
import type {DevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import type {Answer, ApiClient} from '../cluster-contract/api-client.ts';
import {clientOf, devCluster, podNamed, runningPod} from './kit.ts';

const order = (client: ApiClient, fault: object): Promise<Answer> =>
  client.callAt('/admin/faults', 'POST', fault);

async function withClient(): Promise<{dev: DevCluster; client: ApiClient}> {
  const dev = await devCluster();
  return {dev, client: clientOf(dev)};
}

test('a fault is ordered, met, listed and taken away over HTTP', async () => {
  const {client} = await withClient();
  const match = {verb: 'list', resource: 'pods', nth: 2, times: 'always'};
  const action = {type: 'status', code: 429, retryAfterSeconds: 7};
  const made = await order(client, {match, action});
  expect([made.status, made.body]).toEqual([201, {id: '1', match, action, seen: 0}]);
  const statuses = [];
  for (let at = 0; at < 3; at += 1) statuses.push((await client.call('GET', '/pods')).status);
  expect(statuses).toEqual([200, 429, 429]);
  expect((await client.call('GET', '/pods')).headers['retry-after']).toBe('7');
  expect((await client.call('GET', '/configmaps')).status).toBe(200);
  expect((await client.callAt('/admin/faults', 'GET')).body.items).toMatchObject([{seen: 4}]);
  expect((await client.callAt('/admin/faults/1', 'DELETE')).body.items).toEqual([]);
  expect((await client.call('GET', '/pods')).status).toBe(200);
  expect((await client.callAt('/admin/faults/1', 'DELETE')).status).toBe(404);
});

test('the endpoint is the administrator’s alone', async () => {
  const {dev} = await withClient();
  const stranger = clientOf(dev, 'wrong');
  expect((await stranger.callAt('/admin/faults', 'GET')).status).toBe(401);
  expect((await order(stranger, {action: {type: 'node-silent'}})).status).toBe(401);
  expect(dev.faults.list).toEqual([]);
});

test.each([
  ['no JSON', Buffer.from('{'), 'JSON'],
  ['no action', {match: {}}, 'action'],
  ['an action there is not', {action: {type: 'gremlins'}}, 'action'],
  ['a code that is no failure', {action: {type: 'status', code: 200}}, 'action.code'],
  ['a field there is not', {match: {pod: 'x'}, action: {type: 'hang'}}, 'match'],
  ['a pattern that is none', {match: {path: '('}, action: {type: 'hang'}}, 'match.path'],
])('%s is 400 and sets nothing', async (_what, body, words) => {
  const {dev, client} = await withClient();
  const {status, body: answer} = await order(client, body);
  expect(status).toBe(400);
  expect(answer.message).toContain(words);
  expect(dev.faults.list).toEqual([]);
});

test('tokens expire, one issued later is good, and the fault can still be taken back', async () => {
  const {dev, client} = await withClient();
  await order(client, {action: {type: 'expired-token'}});
  expect((await client.call('GET', '/pods')).status).toBe(401);
  const issued = await client.callAt('/admin/tokens', 'POST');
  const {token = ''} = issued.body as {token?: string};
  expect((await clientOf(dev, token).call('GET', '/pods')).status).toBe(200);
  await client.callAt('/admin/faults', 'DELETE');
  expect((await client.call('GET', '/pods')).status).toBe(200);
});

test('the clock of the server is ahead, for its Date and for what it creates', async () => {
  const {client} = await withClient();
  await order(client, {action: {type: 'clock-skew', seconds: 7200}});
  const {headers, body} = await client.call('POST', '/configmaps', {metadata: {name: 'a'}});
  const ahead = (time = ''): number => Math.round((Date.parse(time) - Date.now()) / 60_000);
  expect([ahead(headers.date), ahead(body.metadata?.creationTimestamp)]).toEqual([120, 120]);
});

test.each([
  ['image-pull', 'ImagePullBackOff'],
  ['unschedulable', 'Unschedulable'],
  ['oom', 'OOMKilled'],
  ['evict', 'Evicted'],
])('a new pod meets %s', async (how, words) => {
  const {dev, client} = await withClient();
  await order(client, {match: {name: 'p'}, action: {type: 'pod', how}});
  await runningPod(client, 'other');
  await client.call('POST', '/pods', podNamed('p'));
  await expect.poll(() => JSON.stringify(dev.pod('p').pod?.status)).toContain(words);
});

test.each([
  ['oom', 'OOMKilled'],
  ['evict', 'Evicted'],
  ['node-lost', 'NodeLost'],
])('a pod that runs meets %s at once', async (how, words) => {
  const {dev, client} = await withClient();
  await runningPod(client, 'p');
  await runningPod(client, 'other');
  const answer = await order(client, {match: {name: 'p'}, action: {type: 'pod', how}});
  expect([answer.status, answer.body]).toEqual([200, {ended: ['p']}]);
  expect(JSON.stringify(dev.pod('p').pod?.status)).toContain(words);
  expect(dev.pod('other').pod?.status).toMatchObject({phase: 'Running'});
});

test('while the node is silent nothing starts, ends or answers there; afterwards it catches up', async () => {
  const {dev, client} = await withClient();
  await runningPod(client, 'p');
  const {id} = (await order(client, {action: {type: 'node-silent'}})).body as {id?: string};
  expect(JSON.stringify(dev.store.get('nodes', undefined, 'gc-dev-cluster')?.status)).toContain(
    'NodeStatusUnknown',
  );
  const exec = await client.call('GET', '/pods/p/exec?command=true&stdout=1');
  expect([exec.status, exec.body.message]).toEqual([
    500,
    expect.stringContaining('error dialing backend'),
  ]);
  await client.call('DELETE', '/pods/p');
  await client.call('POST', '/pods', podNamed('new'));
  await expect.poll(() => JSON.stringify(dev.pod('new').pod?.status)).toContain('unreachable');
  expect(dev.pod('p').pod?.metadata.deletionTimestamp).toBeDefined();
  await client.callAt(`/admin/faults/${id ?? ''}`, 'DELETE');
  await expect.poll(() => dev.pod('p').pod).toBeUndefined();
  await expect.poll(() => dev.pod('new').pod?.status).toMatchObject({phase: 'Running'});
});

import {readFileSync, statSync} from 'node:fs';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {startDevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import {configMap, created} from '../cluster-contract/config-maps.ts';
import {clientOf, devCluster} from './kit.ts';

test('a wrong token is 401 with a Status, health needs none', async () => {
  const cluster = await devCluster();
  const stranger = clientOf(cluster, 'wrong');
  const {status, body} = await stranger.call('GET', '/pods');
  expect([status, body.message, body.reason]).toEqual([401, 'Unauthorized', 'Unauthorized']);
  expect((await stranger.callAt('/readyz', 'GET')).text).toBe('ok');
});

test('the kubeconfig names the server, its authority and the token, for its owner only', async () => {
  const cluster = await devCluster({namespace: 'gc'});
  const directory = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  onTestFinished(() => rmSync(directory, {recursive: true}));
  const path = join(directory, 'config');
  cluster.writeKubeconfig(path);
  expect(readFileSync(path, 'utf8')).toBe(cluster.kubeconfig);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(cluster.kubeconfig)).toMatchObject({
    clusters: [{cluster: {server: cluster.url}}],
    users: [{user: {token: cluster.token}}],
    contexts: [{context: {namespace: 'gc'}}],
  });
});

test('an idle connection is kept as long as a real server keeps it', async () => {
  const {headers} = await clientOf(await devCluster()).call('GET', '/pods');
  expect(headers['keep-alive']).toBe('timeout=90');
});

test('plain http needs no authority', async () => {
  const cluster = await devCluster({http: true});
  expect(cluster.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(cluster.authority).toBeUndefined();
  expect((await clientOf(cluster).call('GET', '/pods')).status).toBe(200);
});

test('stop ends open watches at once', async () => {
  const cluster = await startDevCluster();
  const watch = clientOf(cluster).watch('/pods?watch=1');
  const first = watch.next();
  await expect.poll(() => cluster.requests.length).toBe(1);
  await cluster.stop();
  await expect(first).rejects.toThrow();
});

test('the request log tells every request apart', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  await created(client, 'a');
  await client.call('GET', '/configmaps?limit=5', undefined, {'user-agent': 'tester'});
  expect(
    cluster.requests.map(({verb, resource, namespace, name}) => [verb, resource, namespace, name]),
  ).toEqual([
    ['create', 'configmaps', 'default', ''],
    ['list', 'configmaps', 'default', ''],
  ]);
  expect(cluster.requests[1]).toMatchObject({method: 'GET', userAgent: 'tester', subresource: ''});
  cluster.clearRequests();
  expect(cluster.requests).toEqual([]);
});

test('what is denied is 403, and a review says so', async () => {
  const cluster = await devCluster();
  const allow = cluster.access.deny({verb: 'patch', resource: 'configmaps'});
  const client = clientOf(cluster);
  await created(client, 'a');
  const {status, body} = await client.patch('/configmaps/a', 'merge', {data: {}});
  expect([status, body.reason, body.message]).toEqual([
    403,
    'Forbidden',
    'configmaps "a" is forbidden: User "system:serviceaccount:gc-dev-cluster:dev" cannot patch resource "configmaps" in API group "" in the namespace "default"',
  ]);
  const ask = async (): Promise<unknown> => {
    const review = {
      spec: {resourceAttributes: {verb: 'patch', resource: 'configmaps', namespace: 'default'}},
    };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    return (await client.callAt(path, 'POST', review)).body.status;
  };
  expect(await ask()).toEqual({allowed: false});
  allow();
  expect(await ask()).toEqual({allowed: true});
});

test('strict namespaces must exist first', async () => {
  const cluster = await devCluster({strictNamespaces: true});
  const client = clientOf(cluster);
  const create = (): Promise<{status: number; text: string}> =>
    client.callAt('/api/v1/namespaces/new/configmaps', 'POST', configMap('a'));
  const refused = await create();
  expect([refused.status, refused.text.includes('namespaces \\"new\\" not found')]).toEqual([
    404,
    true,
  ]);
  await client.callAt('/api/v1/namespaces', 'POST', {metadata: {name: 'new'}});
  expect((await create()).status).toBe(201);
});

import {describe, expect, it} from 'vitest';
import {devCluster, podNamed} from '../dev-cluster/kit.ts';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import type {Cluster} from '../../src/kube/cluster.ts';
import {clusterAt, connectionOf, failure, requested, runningPod} from './kit.ts';

async function withPod(budgetMs = 30_000) {
  const dev = await devCluster();
  const cluster = clusterAt(connectionOf(dev), {budgetMs});
  const pod = await runningPod(dev, cluster);
  return {dev, cluster, pod};
}

const THROTTLED: FaultAction = {type: 'status', code: 429, reason: 'TooManyRequests'};
const TRANSIENT: [string, FaultAction][] = [
  ['429', THROTTLED],
  ['500', {type: 'status', code: 500}],
  ['503', {type: 'status', code: 503}],
  ['504 after the effect', {type: 'status', code: 504, when: 'after'}],
  ['cut before', {type: 'cut', when: 'before'}],
  ['cut after', {type: 'cut', when: 'after'}],
];

type Write = (cluster: Cluster, uid: string) => Promise<unknown>;

const ANNOTATE: Write = cluster =>
  cluster.pods.patch('mayor', {type: 'merge', body: {metadata: {annotations: {a: '1'}}}});
const DELETE: Write = (cluster, uid) => cluster.pods.delete('mayor', {uid, gracePeriodSeconds: 5});
const CREATE: Write = cluster =>
  cluster.pods.create(podNamed('other') as Parameters<Cluster['pods']['create']>[0]);
const JSON_PATCH: Write = cluster =>
  cluster.pods.patch('mayor', {
    type: 'json',
    operations: [{op: 'add', path: '/metadata/annotations', value: {a: '1'}}],
  });

describe('a failed request', () => {
  it.each(TRANSIENT)('to read is repeated after %s', async (_, action) => {
    const {dev, cluster} = await withPod();
    dev.faults.add({match: {method: 'GET', times: 2}, action});
    expect((await cluster.pods.get('mayor')).metadata.name).toBe('mayor');
    expect(requested(dev)).toEqual(Array(3).fill('GET /pods/mayor'));
  });

  it.each(TRANSIENT)(
    'to write what may be written twice is repeated after %s',
    async (_, action) => {
      for (const write of [ANNOTATE, DELETE]) {
        const {dev, cluster, pod} = await withPod();
        dev.faults.add({match: {times: 1}, action});
        await write(cluster, pod.metadata.uid ?? '').catch((error: unknown) => {
          // A second deletion by uid may find the pod gone.
          expect(error).toMatchObject({failure: 'notFound'});
        });
        expect(dev.requests).toHaveLength(2);
      }
    },
  );

  it.each(TRANSIENT.slice(1))('to write is not repeated after %s', async (_, action) => {
    for (const write of [CREATE, JSON_PATCH]) {
      const {dev, cluster} = await withPod();
      dev.faults.add({match: {times: 9}, action});
      const error = await failure(write(cluster, ''));
      expect(error.outcomeUnknown).toBe(true);
      expect(dev.requests).toHaveLength(1);
    }
  });

  it('to write is repeated when it was throttled or the server was not there', async () => {
    const {dev, cluster} = await withPod();
    dev.faults.add({match: {method: 'POST', times: 2}, action: THROTTLED});
    await CREATE(cluster, '');
    expect(dev.requests).toHaveLength(3);
    await dev.stop();
    const error = await failure(CREATE(clusterAt(connectionOf(dev), {budgetMs: 2000}), ''));
    expect([error.failure, error.outcomeUnknown]).toEqual(['unreachable', false]);
    expect(error.message).toMatch(/ECONNREFUSED.*tried \d+ times/);
  });

  it.each([400, 401, 403, 404, 409, 410, 413, 422])('is final with %i', async code => {
    const {dev, cluster} = await withPod();
    dev.faults.add({match: {times: 9}, action: {type: 'status', code}});
    expect((await failure(cluster.pods.get('mayor'))).status).toBe(code);
    expect(dev.requests).toHaveLength(1);
  });

  it('waits as long as Retry-After says', async () => {
    const {dev, cluster} = await withPod();
    dev.faults.add({match: {}, action: {...THROTTLED, retryAfterSeconds: 1}});
    await cluster.pods.get('mayor');
    const [first, second] = dev.requests.map(({startedAt}) => startedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is not repeated without a pause', async () => {
    const {dev, cluster} = await withPod(1_500);
    dev.faults.add({match: {times: Infinity}, action: {type: 'status', code: 500}});
    await failure(cluster.pods.get('mayor'));
    expect(dev.requests.length).toBeLessThan(40);
  });

  it('gives up at once when Retry-After lies beyond the deadline', async () => {
    const {dev, cluster} = await withPod();
    dev.faults.add({match: {}, action: {...THROTTLED, retryAfterSeconds: 60}});
    const {message} = await failure(cluster.pods.get('mayor'));
    expect(message).toContain(
      'the server is overloaded: a fault ordered by a test (429) (tried once',
    );
  });

  it('keeps its last cause when the time is up', async () => {
    const {dev, cluster} = await withPod(500);
    dev.faults.add({match: {times: 2}, action: {type: 'status', code: 503, message: 'etcd!'}});
    dev.faults.add({match: {}, action: {type: 'hang'}});
    const error = await failure(cluster.pods.get('mayor'));
    expect(error.message).toMatch(/etcd! \(tried 2 times until the time was up\)$/);
  });

  it('names the server and the budget when no answer comes', async () => {
    for (const send of [ANNOTATE, (cluster: Cluster) => cluster.pods.get('mayor')]) {
      const {dev, cluster} = await withPod(1_200);
      dev.faults.add({match: {times: 9}, action: {type: 'hang'}});
      const {message} = await failure(send(cluster, ''));
      expect(message).toContain(`no answer from ${dev.url} (context test): not done after 1 s`);
    }
  });
});

import {describe, expect, it} from 'vitest';
import {createRecord, runOfRecord} from '../../../src/run/record.ts';
import {runOfPod} from '../../../src/run/run-of-pod.ts';
import type {Run} from '../../../src/run/run.ts';
import {clusterAt, connectionOf} from '../../kube/kit.ts';
import {exchanges, STARTED} from '../city.ts';
import {begin} from '../program.ts';
import {GC_K8S, peopleCity, type PeopleCity} from './gc-k8s.ts';

/** A run with a record that is still open. */
async function recorded(city: PeopleCity, session: string): Promise<() => Promise<Run>> {
  const pod = await city.session(session, {...STARTED, 'gc-k8s/retention': 'delete'});
  const cluster = clusterAt(connectionOf(city.dev));
  const run = runOfPod(pod, Date.now());
  await createRecord(cluster, run);
  city.dev.clearRequests();
  return async () => runOfRecord(await cluster.configMaps.get(`gc-run-${run.id}`)) ?? run;
}

const countOf = (metrics: Buffer, status: string) =>
  Number(
    new RegExp(`^agent_runtime_invocations_total\\{.*status="${status}"\\} (\\d+)$`, 'm').exec(
      metrics.toString(),
    )?.[1],
  );

describe('an end that somebody sees', () => {
  it.each(['status', 'status -o json', 'status mayor', 'logs mayor', 'metrics'])(
    'is in the record from then on, whatever becomes of the pod: %s',
    async words => {
      const city = await peopleCity();
      const record = await recorded(city, 'mayor');
      city.dev.pod('mayor').end({exitCode: 0});
      const {code, stderr} = await city.gc(words);
      expect([code, stderr]).toEqual([0, '']);
      expect(await record()).toMatchObject({state: 'success', reason: 'completed'});
      city.dev.pod('mayor').remove();
      expect((await city.gc('status mayor')).stdout.toString()).toMatch(/^mayor +success /m);
      const {stdout} = await city.gc('metrics');
      expect([countOf(stdout, 'success'), countOf(stdout, 'failed')]).toEqual([1, 0]);
    },
  );

  it('is written once', async () => {
    const city = await peopleCity();
    await recorded(city, 'mayor');
    city.dev.pod('mayor').end({exitCode: 3});
    await city.gc('status');
    const look = ['list pods', 'list configmaps'];
    expect(exchanges(city)).toEqual([...look, 'get configmaps', 'update configmaps']);
    city.dev.clearRequests();
    await city.gc('status');
    expect(exchanges(city)).toEqual(look);
  });

  it('is written by a watch, too', async () => {
    const city = await peopleCity();
    const record = await recorded(city, 'mayor');
    const watching = begin(['status', '-w'], {env: city.env, executable: GC_K8S});
    await new Promise(resolve => watching.child.stdout.once('data', resolve));
    city.dev.pod('mayor').end({exitCode: 0});
    await expect.poll(async () => (await record()).state, {timeout: 20_000}).toBe('success');
    watching.interrupt();
    await watching.ended;
  });

  it('is written while metrics are served, also between two scrapes', async () => {
    const city = await peopleCity();
    const serving = begin(['metrics', '--serve', '0'], {env: city.env, executable: GC_K8S});
    await new Promise(resolve => serving.child.stdout.once('data', resolve));
    const record = await recorded(city, 'mayor');
    city.dev.pod('mayor').end({exitCode: 0});
    city.dev.pod('mayor').remove();
    await expect.poll(async () => (await record()).state, {timeout: 20_000}).toBe('success');
    serving.interrupt();
    await serving.ended;
  });

  it('is told all the same where the record cannot be written', async () => {
    const city = await peopleCity();
    await recorded(city, 'mayor');
    city.dev.pod('mayor').end({exitCode: 0});
    for (const action of [{type: 'status', code: 403} as const, {type: 'hang'} as const]) {
      city.dev.faults.add({match: {resource: 'configmaps', times: Infinity}, action});
      const beganMs = Date.now();
      const {code, stdout, stderr} = await city.gc('status');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.toString()).toMatch(/^mayor +success /m);
      expect(Date.now() - beganMs).toBeLessThan(10_000);
      city.dev.faults.clear();
    }
  });
});

it('an end that nobody saw is told as unknown', async () => {
  const city = await peopleCity();
  await recorded(city, 'mayor');
  city.dev.pod('mayor').remove();
  const told = /^mayor +unknown .* nobody saw how it ended; its pod is gone$/m;
  expect((await city.gc('status mayor')).stdout.toString()).toMatch(told);
  expect((await city.gc('prune')).code).toBe(0);
  expect((await city.gc('status mayor')).stdout.toString()).toMatch(told);
  const {stdout} = await city.gc('metrics');
  expect([countOf(stdout, 'unknown'), countOf(stdout, 'failed')]).toEqual([1, 0]);
});

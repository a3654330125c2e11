import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../src/kube/cluster.ts';
import {clusterAt, connectionOf} from '../kube/kit.ts';
import {city, podRunning, type City} from './city.ts';

const PROVISIONED = {'gc-k8s/start': 'x', 'gc-k8s/provisioned-at': '2026-01-01T00:00:00Z'};

/** A city with an agent, a box and another provider's pod, all alive. */
async function three(): Promise<City> {
  const own = await city();
  await own.session('mayor');
  await own.session('box', PROVISIONED);
  await own.session('other', {});
  return own;
}

describe('list-running tells of the rest', () => {
  it('where a pod with the label of agents has no container of theirs', async () => {
    const own = await three();
    await clusterAt(connectionOf(own.dev)).pods.create({
      metadata: {name: 'odd', labels: {app: 'gc-agent', 'gc-session': 'odd'}},
      spec: {containers: [{name: 'web', image: 'web:1'}]},
    } as Parameters<Cluster['pods']['create']>[0]);
    await podRunning(own.dev, 'odd');
    const {code, stdout, stderr} = await own.run('list-running');
    expect([code, stdout.toString()]).toEqual([0, 'box\nmayor\nother\n']);
    expect(stderr).toMatch(
      /^warning: session "odd" is left out: [^\n]*agent is not valid[^\n]*\n$/,
    );
  });

  it.each([
    ['503', {type: 'status', code: 503}],
    ['no answer', {type: 'hang'}],
  ] as const)('where a box gives an exec %s', async (_, action) => {
    const own = await three();
    own.dev.faults.add({match: {resource: 'pods/exec', name: 'box', times: 999}, action});
    const {code, stdout, stderr} = await own.run('list-running');
    expect([code, stdout.toString()]).toEqual([0, 'mayor\nother\n']);
    expect(stderr).toMatch(/^warning: session "box" is left out: [^\n]*does not answer[^\n]*\n$/);
  });
});

it('list-running fails where the API server stalls', async () => {
  const own = await three();
  const action = {type: 'status', code: 503} as const;
  own.dev.faults.add({match: {path: /box/, times: 9999}, action});
  const {code, stdout, stderr} = await own.run('list-running');
  expect([code, stdout.toString()]).toEqual([1, '']);
  expect(stderr).toMatch(/^list-running: [^\n]*tried \d+ times[^\n]*\n$/);
});

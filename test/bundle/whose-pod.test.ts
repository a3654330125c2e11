import {describe, expect, it} from 'vitest';
import type {Run} from '../../src/run/run.ts';
import type {Cluster} from '../../src/kube/cluster.ts';
import {clusterAt, connectionOf} from '../kube/kit.ts';
import {city, podRunning, type City} from './city.ts';
import {ONE_LINE, summary} from './program.ts';

/** A running pod as another provider makes it, with or without the annotation. */
async function foreign(own: City, name: string, session?: string): Promise<void> {
  await clusterAt(connectionOf(own.dev)).pods.create({
    metadata: {
      name,
      labels: {app: 'gc-agent', 'gc-session': name},
      ...(session === undefined ? {} : {annotations: {'gc-session-name': session}}),
    },
    spec: {restartPolicy: 'Never', containers: [{name: 'agent', image: 'agent:1'}]},
  } as Parameters<Cluster['pods']['create']>[0]);
  await podRunning(own.dev, name);
  own.dev.clearRequests();
}

const names = (own: City) => own.pods().map(({metadata}) => metadata.name);

describe('a pod without an annotation', () => {
  it('is the session’s that its label names, and not one’s with the same form', async () => {
    const own = await city();
    await foreign(own, 'q-r');
    expect(summary(await own.run('is-running q/r'))).toBe('0 false\n');
    expect(summary(await own.run('nudge q/r', {stdin: 'x'}))).toBe('0 ');
    expect(summary(await own.run('stop q/r'))).toBe('0 ');
    expect(own.pod.typed).toEqual([]);
    expect(names(own)).toEqual(['q-r']);
    expect(summary(await own.run('list-running'))).toBe('0 q-r\n');
    expect(summary(await own.run('is-running q-r'))).toBe('0 true\n');
    expect(summary(await own.run('stop q-r'))).toBe('0 ');
    expect(names(own)).toEqual([]);
  });
});

/** The name that the session x-y takes while another one's pod is called so. */
const HASHED = 'x-y-cc96fed8b0';

/** A city where x-y was started while another provider's pod x-y belonged to x/y; that one is gone. */
async function startedElsewhere(own: City, stdin = '{}'): Promise<void> {
  await foreign(own, 'x-y', 'x/y');
  expect(summary(await own.run('start x-y', {stdin}))).toBe('0 ');
  expect(names(own)).toEqual(['x-y', HASHED]);
  own.dev.pod('x-y').remove();
  own.dev.clearRequests();
}

const launches = (own: City) => own.pod.ran.filter(({script}) => script === 'launch').length;

describe('a session whose pod is under its other name', () => {
  it('is not started twice', async () => {
    const own = await city();
    await startedElsewhere(own);
    const {code, stderr} = await own.run('start x-y', {stdin: '{}'});
    expect([code, stderr]).toEqual([
      1,
      `start x-y: session "x-y" already exists: it runs in pod ${HASHED}\n`,
    ]);
    expect([names(own), launches(own)]).toEqual([[HASHED], 1]);
    expect(summary(await own.run('stop x-y'))).toBe('0 ');
    expect(summary(await own.run('is-running x-y'))).toBe('0 false\n');
    expect(names(own)).toEqual([]);
  });

  it('has no failed run of the start that was refused', async () => {
    const own = await city();
    await startedElsewhere(own);
    const {code} = await own.run('start x-y', {stdin: '{"lifecycle": "one_shot"}'});
    const records = own.dev.store
      .list('configmaps', 'default')
      .map(({data}) => JSON.parse((data as {result: string}).result) as Run);
    expect([code, records.map(({state}) => state)]).toEqual([1, ['cancelled']]);
  });

  it('is not started while it is being started', async () => {
    const own = await city();
    await foreign(own, 'x-y', 'x/y');
    let go: () => void = () => undefined;
    const isTold = new Promise<void>(resolve => (go = resolve));
    own.pod.launched = async call => {
      await isTold;
      await call.stdout('ready\n');
      return undefined;
    };
    const first = own.begin('start x-y', {stdin: '{}'}).ended;
    await podRunning(own.dev, HASHED);
    own.dev.pod('x-y').remove();
    const {code, stderr} = await own.run('start x-y', {stdin: '{}'});
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain('is being started');
    go();
    expect(summary(await first)).toBe('0 ');
    expect(names(own)).toEqual([HASHED]);
  });

  it('is started anew once its agent has ended, after that pod is gone', async () => {
    const own = await city({terminationMilliseconds: 500});
    await startedElsewhere(own);
    own.dev.pod(HASHED).end({exitCode: 0});
    const all = () => own.dev.store.list('pods', 'default').map(({metadata}) => metadata.name);
    const atLaunch: string[][] = [];
    own.pod.launched = async call => {
      atLaunch.push(all());
      await call.stdout('ready\n');
      return undefined;
    };
    expect(summary(await own.run('start x-y', {stdin: '{}'}))).toBe('0 ');
    expect([atLaunch, all()]).toEqual([[['x-y']], ['x-y']]);
  });
});

describe('a session that has two pods', () => {
  const LONG_MS = 60_000;

  it.each([
    ['both alive', false],
    ['the first is going', true],
  ])('is stopped altogether: %s', async (_, isGoing) => {
    const own = await city({terminationMilliseconds: LONG_MS});
    await foreign(own, 'x-y', 'x-y');
    await foreign(own, HASHED, 'x-y');
    if (isGoing) await clusterAt(connectionOf(own.dev)).pods.delete('x-y');
    expect(summary(await own.run('is-running x-y'))).toBe('0 true\n');
    expect(summary(await own.run('stop x-y'))).toBe('0 ');
    expect(names(own)).toEqual([]);
    expect(summary(await own.run('is-running x-y'))).toBe('0 false\n');
  });

  it('is stopped where a pod has the annotation alone', async () => {
    const own = await city();
    await foreign(own, 'x-y', 'x-y');
    const [pod] = own.pods();
    if (!pod) throw new Error('no pod');
    own.dev.store.put('pods', {...pod, metadata: {...pod.metadata, labels: {app: 'gc-agent'}}});
    expect(summary(await own.run('stop x-y'))).toBe('0 ');
    expect(names(own)).toEqual([]);
  });

  it('of a name that is not plain, is stopped altogether', async () => {
    const own = await city();
    await own.session('City/A.b');
    await foreign(own, 'city-a-b', 'City/A.b');
    expect(summary(await own.run('stop City/A.b'))).toBe('0 ');
    expect(names(own)).toEqual([]);
  });
});

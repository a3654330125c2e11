import {describe, expect, it} from 'vitest';
import type {Run} from '../../src/run/run.ts';
import type {Cluster} from '../../src/kube/cluster.ts';
import {clusterAt, connectionOf} from '../kube/kit.ts';
import {ANSWERS} from './answers.ts';
import {city, ON_A_SESSION, podRunning, type City} from './city.ts';
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

/** A session's pods of which the first to be found is on its way out, and the other is alive. */
const FIRST_IS_OUT: [string, string, (own: City) => Promise<void>][] = [
  [
    'ours is going, and another provider’s is there',
    'City/A.b',
    async own => {
      const {metadata} = await own.session('City/A.b');
      await foreign(own, 'city-a-b', 'City/A.b');
      await clusterAt(connectionOf(own.dev)).pods.delete(metadata.name);
    },
  ],
  [
    'ours is lost with its node, and another provider’s is there',
    'City/A.b',
    async own => {
      const {metadata} = await own.session('City/A.b');
      await foreign(own, 'city-a-b', 'City/A.b');
      own.dev.pod(metadata.name).loseNode();
      const message = 'error dialing backend: dial tcp: connect: no route to host';
      const match = {resource: 'pods/exec', name: metadata.name, times: Infinity};
      own.dev.faults.add({match, action: {type: 'status', code: 500, message}});
    },
  ],
  [
    'another provider’s is going, and ours is there',
    'x-y',
    async own => {
      await startedElsewhere(own);
      await foreign(own, 'x-y', 'x-y');
      await clusterAt(connectionOf(own.dev)).pods.delete('x-y');
      own.pod.ran.length = 0;
    },
  ],
  [
    'another provider’s has no tmux any more, and ours is there',
    'x-y',
    async own => {
      await startedElsewhere(own);
      await foreign(own, 'x-y', 'x-y');
      own.pod.withoutTmux.add('x-y');
      own.pod.ran.length = 0;
    },
  ],
];

describe('a session that has two pods, of which one is on its way out', () => {
  it.each(FIRST_IS_OUT)('%s: is talked to in the one that is alive', async (_, name, prepare) => {
    const own = await city({terminationMilliseconds: 60_000});
    await prepare(own);
    const alive = name === 'x-y' ? HASHED : 'city-a-b';
    const annotation = () => own.dev.pod(alive).pod?.metadata.annotations?.['gc-meta/color'];
    const calls = ON_A_SESSION.filter(([args]) => !/^(stop|copy-from|exec) /.test(args));
    for (const [words, stdin] of calls) {
      const args = words.replace('mayor', name);
      own.pod.ran.length = 0;
      const [operation = ''] = args.split(' ');
      expect(summary(await own.run(args, {stdin})), args).toBe(`0 ${ANSWERS[operation] ?? ''}`);
      if (operation === 'set-meta') expect(annotation()).toBe('red');
      if (operation === 'remove-meta') expect(annotation()).toBeUndefined();
      if (operation !== 'is-running') expect(own.pod.ran.at(-1)?.pod, args).toBe(alive);
    }
    expect(own.pod.typed).toEqual(['hello']);
    expect(own.pod.pressed).toEqual(['C-c', 'Down', 'Enter']);
  });
});

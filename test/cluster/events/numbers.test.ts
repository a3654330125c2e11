import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {launch} from '../kit/process.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {configMap, EXECUTABLE, numbersOf, openGround, openLogs, upTo, type Ground} from './kit.ts';
import {startWatcher, stopWatchers} from './watcher.ts';

const COUNTER = '/configmaps/gc-events-seq';

describe('the numbers of a log', () => {
  let ground: Ground;
  let other: Ground;
  const logs = openLogs('numbers');
  const startAnew = async () => {
    [ground, other] = await Promise.all([logs.open(), logs.open()]);
  };
  beforeAll(startAnew);
  beforeEach(() => beforeNextTry(startAnew));
  afterEach(() => stopWatchers());
  afterAll(logs.close);

  /** What the tests before have recorded, if this is not a log of a second try. */
  const fillUpTo = async (count: number) => recordSome(ground, count - (await ground.latestSeq()));
  const recordSome = async (where: Ground, count: number, type = 'test.some') => {
    for (let n = 0; n < count; n += 1) await where.record({type, actor: 'test', subject: `${n}`});
  };

  it('begin with 0, in a counter that five ensure-running at once make', async () => {
    expect((await ground.gc(['latest-seq'])).stdout).toBe('0\n');
    expect((await ground.gc(['list'])).stdout).toBe('[]\n');
    const ran = await Promise.all(upTo(5).map(() => ground.gc(['ensure-running'])));
    expect(ran.map(({code, stdout, stderr}) => [code, stdout, stderr])).toEqual(
      upTo(5).map(() => [0, '', '']),
    );
    const counter = await configMap(ground, 'gc-events-seq');
    expect(counter?.data?.seq).toBe('0');
    expect(counter?.metadata?.labels).toEqual({
      'app.kubernetes.io/managed-by': 'gascity',
      'gc/component': 'event-seq',
    });
    expect((await ground.gc(['ensure-running'])).code).toBe(0);
  });

  it('are 1, 2, …, and kubectl reads the events under them', async () => {
    const ran = await ground.record({
      type: 'bead.created',
      actor: 'rigs/mayor (α)',
      message: 'hello',
    });
    expect([ran.stdout, ran.stderr]).toEqual(['', '']);
    await recordSome(ground, 9);
    expect(await ground.latestSeq()).toBe(10);
    const {body} = await ground.api.call('GET', '/configmaps?labelSelector=gc/component=event');
    expect(body.items?.map(({metadata}) => metadata?.name)).toEqual(
      upTo(10).map(number => `gc-evt-${String(number).padStart(10, '0')}`),
    );
    const first = body.items?.[0];
    expect(first?.metadata?.labels).toEqual({
      'app.kubernetes.io/managed-by': 'gascity',
      'gc/component': 'event',
      'gc/type': 'bead.created',
      'gc/actor': 'rigs_mayor',
    });
    const text = first?.data?.event ?? '';
    expect(JSON.parse(text)).toMatchObject({seq: 1, type: 'bead.created', actor: 'rigs/mayor (α)'});
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect((await configMap(ground, 'gc-events-seq'))?.data?.seq).toBe('10');
  });

  it('go on after the counter was deleted', async () => {
    await fillUpTo(10);
    const watcher = startWatcher(ground, 'through the loss');
    await watcher.reach(10);
    expect((await ground.api.call('DELETE', COUNTER)).status).toBe(200);
    expect(await ground.latestSeq()).toBe(10);
    await recordSome(ground, 1);
    expect(await ground.latestSeq()).toBe(11);
    await watcher.reach(11);
    expect(numbersOf(watcher.lines)).toEqual(upTo(11));
    expect(await watcher.stop()).toBe(143);
  });

  it('come once, although an old counter was put back', async () => {
    await fillUpTo(11);
    const {body: old} = await ground.api.call('GET', COUNTER);
    await recordSome(ground, 8, 'test.before');
    const before = await ground.list();
    const watcher = startWatcher(ground, 'through the restoring');
    await watcher.reach(19);
    const {uid, resourceVersion, ...metadata} = old.metadata ?? {};
    expect([uid, resourceVersion]).not.toContain(undefined);
    const put = await ground.api.call('PUT', COUNTER, {...old, metadata});
    expect(put.status).toBe(200);
    await Promise.all(upTo(6).map(() => recordSome(ground, 2, 'test.after')));
    const after = await ground.list();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length - before.length).toBe(12);
    const numbers = numbersOf(after);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    await watcher.reach(numbers.at(-1) ?? 0);
    expect(watcher.lines).toEqual(after);
  });

  it('belong to one namespace', async () => {
    await Promise.all([recordSome(ground, 2), recordSome(other, 2)]);
    expect(await other.latestSeq()).toBe(2);
    expect(numbersOf(await other.list())).toEqual([1, 2]);
  });
});

describe('a watcher', () => {
  let ground: Ground;
  beforeAll(async () => void (ground = await openGround('ends')));
  afterEach(() => stopWatchers());
  afterAll(() => ground.close());

  it('ends on SIGTERM, without a word', async () => {
    await ground.record({type: 'test.one', actor: 'test'});
    const watcher = startWatcher(ground, 'to be ended');
    await watcher.reach(1);
    expect(await watcher.stop('SIGTERM')).toBe(143);
    expect(watcher.complaints()).toBe('');
  });

  it('ends soon after its reader, while events flow', async () => {
    const {env} = ground;
    const script = `"$0" watch 0 | head -1; echo "\${PIPESTATUS[0]}"`;
    const path = `${env.PATH}:${process.env.PATH ?? ''}`;
    const running = launch('/bin/bash', ['-c', script, EXECUTABLE], {
      env: {...env, PATH: path},
      deadlineMs: 120_000,
    });
    let isOver = false;
    const flow = (async () => {
      while (!isOver) await ground.record({type: 'test.flow', actor: 'test'});
    })();
    const {stdout} = await running.done;
    isOver = true;
    await flow;
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0');
    expect(numbersOf(stdout.split('\n').slice(0, 1))).toEqual([1]);
  });
});

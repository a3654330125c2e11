import {expect, test} from 'vitest';
import {EventLog} from '../../src/events/event-log.ts';
import {play, take} from './model/play.ts';

const json = (subject: string, more = '') =>
  `{"type":"t","actor":"a","subject":"${subject}","ts":"2026-11-21T06:00:00Z"${more}}`;

const collect = (lines: AsyncIterable<string>) => take(lines, Infinity);

test('a fresh log is empty, and the first event is number 1', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    expect(await log.latestSeq()).toBe(0);
    expect(await collect(log.list(''))).toEqual([]);
    await Promise.all([log.ensureRunning(), log.ensureRunning()]);
    expect(await log.record(json('one'))).toBe(1);
    expect(await log.latestSeq()).toBe(1);
    expect(server.get('gc-evt-0000000001').data?.event).toBe(`{"seq":1,${json('one').slice(1)}`);
    expect(server.get('gc-events-seq').data?.seq).toBe('1');
  }));

test('record costs four requests, ensure-running and latest-seq one', () =>
  play(async ({store, client}) => {
    const log = new EventLog(store);
    await log.ensureRunning();
    const costOf = async (work: () => Promise<unknown>) => {
      const before = client.requests;
      await work();
      return client.requests - before;
    };
    expect(await costOf(() => log.record(json('one')))).toBe(4);
    expect(await costOf(() => log.record(json('two')))).toBe(4);
    expect(await costOf(() => log.ensureRunning())).toBe(1);
    expect(await costOf(() => log.latestSeq())).toBe(1);
    expect(await costOf(() => take(log.watch('1'), 1))).toBeLessThanOrEqual(5);
  }));

test('a deleted counter is made anew from the highest event', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    for (let n = 0; n < 10; n += 1) await log.record(json(`e${n}`));
    server.delete('gc-events-seq');
    expect(await log.latestSeq()).toBe(10);
    expect(await log.record(json('next'))).toBe(11);
  }));

test('big events are stored and listed whole, shortened on watch, and leave nothing behind', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    const big = json('big', `,"payload":"${'x'.repeat(900_000)}"`);
    await log.record(big);
    await log.record(json('after'));
    expect(await collect(log.list(''))).toEqual([
      `{"seq":1,${big.slice(1)}`,
      `{"seq":2,${json('after').slice(1)}`,
    ]);
    const [line = '', after] = await take(log.watch('0'), 2);
    expect(JSON.parse(line)).toMatchObject({seq: 1, subject: 'big', truncated: ['payload']});
    expect(after).toContain('"subject":"after"');
    expect([...server.objects.keys()].filter(name => name.startsWith('gc-evtp'))).toEqual([]);
    expect(JSON.stringify(server.get('gc-events-seq')).length).toBeLessThan(2000);
  }));

test('an event too large is refused before a number is taken', () =>
  play(async ({store}) => {
    const log = new EventLog(store);
    const huge = json('huge', `,"payload":"${'x'.repeat(2_000_000)}"`);
    await expect(log.record(huge)).rejects.toThrow('at most 1024000 fit');
    expect(await log.latestSeq()).toBe(0);
  }));

test('the position to watch from must be a number', () =>
  play(async ({store}) => {
    await expect(take(new EventLog(store).watch('-1'), 1)).rejects.toThrow(
      'must be a whole number',
    );
  }));

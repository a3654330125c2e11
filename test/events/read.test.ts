import {expect, test} from 'vitest';
import {eventObject} from '../../src/events/codec.ts';
import {EventLog} from '../../src/events/event-log.ts';
import {play, take} from './model/play.ts';

const seqs = (lines: string[]) => lines.map(line => (JSON.parse(line) as {seq: number}).seq);
const all = (lines: AsyncIterable<string>) => take(lines, Infinity);

const withEvents = (count: number, work: Parameters<typeof play<void>>[0]) =>
  play(async stage => {
    for (let n = 1; n <= count; n += 1) {
      const text = `{"seq":${n},"type":"${n % 2 ? 'odd' : 'even'}"}`;
      stage.server.create(eventObject(n, `id${n}`, text));
    }
    await new EventLog(stage.store).ensureRunning();
    await work(stage);
  });

test('near the head nothing is listed', () =>
  withEvents(1000, async ({store, client, server}) => {
    const log = new EventLog(store);
    server.list = () => {
      throw new Error('listed');
    };
    const before = client.requests;
    expect(seqs(await all(log.list('{"AfterSeq":990}')))).toEqual([
      991, 992, 993, 994, 995, 996, 997, 998, 999, 1000,
    ]);
    expect(client.requests - before).toBe(13);
    expect(seqs(await all(log.list('{"AfterSeq":10,"BeforeSeq":14}')))).toEqual([11, 12, 13]);
  }));

test('the whole log comes by pages, the first so many by fewer', () =>
  withEvents(600, async ({store, client}) => {
    const log = new EventLog(store);
    expect(await all(log.list(''))).toHaveLength(600);
    const before = client.requests;
    expect(seqs(await all(log.list('{"Type":"even","Limit":3}')))).toEqual([2, 4, 6]);
    expect(client.requests - before).toBe(2);
  }));

test('with an old counter put back, what stands above it is listed all the same', () =>
  withEvents(20, async ({store, server}) => {
    const log = new EventLog(store);
    const counter = server.get('gc-events-seq');
    server.replace({...counter, data: {seq: '5'}});
    expect(seqs(await all(log.list('{"AfterSeq":3}')))).toHaveLength(17);
    expect(seqs(await all(log.list('')))).toHaveLength(20);
    expect(await log.record('{}')).toBe(21);
  }));

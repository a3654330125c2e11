import {expect, test} from 'vitest';
import {eventObject} from '../../src/events/codec.ts';
import {EventLog} from '../../src/events/event-log.ts';
import {play, take} from './model/play.ts';

const seqs = (lines: string[]) => lines.map(line => (JSON.parse(line) as {seq: number}).seq);

test('a number nobody fills is fenced within seconds, and its late writer is refused', () =>
  play(async ({store, server, scheduler}) => {
    const log = new EventLog(store);
    await log.record('{}');
    const counter = server.get('gc-events-seq');
    server.replace({...counter, data: {...counter.data, seq: '2'}});
    await log.record('{}');
    const beganMs = scheduler.nowMs;
    expect(seqs(await take(log.watch('0'), 2))).toEqual([1, 3]);
    expect(scheduler.nowMs - beganMs).toBeLessThan(4000);
    expect(server.get('gc-evt-0000000002').immutable).toBe(true);
    expect(() => server.create(eventObject(2, 'late', '{}'))).toThrow('exists');
  }));

test('what a dead writer committed is given to watchers, and stored', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    await log.record('{}');
    const counter = server.get('gc-events-seq');
    const pending = {'pending.0000000002.abc': '{"seq":2,"type":"left"}'};
    server.replace({...counter, data: {...counter.data, seq: '2', ...pending}});
    expect(await take(log.list('{"Type":"left"}'), 1)).toEqual(['{"seq":2,"type":"left"}']);
    expect(await take(log.watch('1'), 1)).toEqual(['{"seq":2,"type":"left"}']);
    expect(server.get('gc-evt-0000000002').data?.event).toBe('{"seq":2,"type":"left"}');
  }));

test('history by pages, then live, over a 410', () =>
  play(async ({store, server}) => {
    for (let n = 1; n <= 600; n += 1) server.create(eventObject(n, `id${n}`, `{"seq":${n}}`));
    const log = new EventLog(store);
    await log.ensureRunning();
    const watcher = take(log.watch('10'), 592);
    await log.record('{}');
    server.forget();
    await log.record('{}');
    expect(seqs(await watcher)).toEqual(Array.from({length: 592}, (_, index) => index + 11));
  }));

test('cleanup by others is passed without fencing every number', () =>
  play(async ({store, server}) => {
    for (let n = 5001; n <= 5200; n += 1) server.create(eventObject(n, `id${n}`, `{"seq":${n}}`));
    const log = new EventLog(store);
    await log.ensureRunning();
    expect(seqs(await take(log.watch('0'), 2))).toEqual([5001, 5002]);
    expect(server.objects.size).toBeLessThan(250);
  }));

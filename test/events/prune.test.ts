import {expect, test} from 'vitest';
import {stagedObject} from '../../src/events/codec.ts';
import {EventLog} from '../../src/events/event-log.ts';
import {prune} from '../../src/events/prune.ts';
import {play, take} from './model/play.ts';

const seqs = (lines: string[]) => lines.map(line => (JSON.parse(line) as {seq: number}).seq);

test('the newest stay, numbers go on, and what is too young is spared', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    for (let n = 0; n < 10; n += 1) await log.record('{}');
    const nowMs = store.clock.wallMs();
    expect(await prune(store, {keep: 3, nowMs})).toMatchObject({deleted: 0});
    expect(await prune(store, {keep: 3, nowMs, minAgeMs: 0})).toEqual({floor: 8, deleted: 7});
    expect(seqs(await take(log.list(''), 3))).toEqual([8, 9, 10]);
    expect(seqs(await take(log.watch('0'), 3))).toEqual([8, 9, 10]);
    expect(await prune(store, {keep: 0, nowMs, minAgeMs: 0})).toMatchObject({deleted: 2});
    server.delete('gc-events-seq');
    expect(await log.record('{}')).toBe(11);
  }));

test('an old counter put back after pruning makes no number be used twice', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    for (let n = 0; n < 3; n += 1) await log.record('{}');
    const {data = {}} = server.get('gc-events-seq');
    for (let n = 0; n < 7; n += 1) await log.record('{}');
    await prune(store, {keep: 2, nowMs: store.clock.wallMs(), minAgeMs: 0});
    server.delete('gc-events-seq');
    server.create({metadata: {name: 'gc-events-seq', labels: {'gc/component': 'event-seq'}}, data});
    expect(await log.record('{}')).toBe(11);
    expect(seqs(await take(log.list(''), 3))).toEqual([9, 10, 11]);
  }));

test('by age; a pending event holds the floor', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    for (let n = 0; n < 6; n += 1) await log.record('{}');
    const counter = server.get('gc-events-seq');
    server.replace({...counter, data: {...counter.data, 'pending.0000000004.abc': '{"seq":4}'}});
    const nowMs = store.clock.wallMs() + 3_600_000;
    expect(await prune(store, {olderThanMs: 60_000, nowMs})).toEqual({floor: 4, deleted: 3});
  }));

test('a big event waits for as long as the counter knows of it, and no other of its age', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    await log.record('{}');
    for (const id of ['dead', 'lost']) server.create(stagedObject(id, '{"seq":0,"type":"big"}'));
    const counter = server.get('gc-events-seq');
    const data = {...counter.data, seq: '2', 'pending.0000000002.dead': 'staged'};
    server.replace({...counter, data});
    await prune(store, {keep: 5, nowMs: store.clock.wallMs() + 2 * 3_600_000});
    const staged = [...server.objects.keys()].filter(name => name.startsWith('gc-evtp-'));
    expect(staged).toEqual(['gc-evtp-dead']);
    expect(await take(log.list('{"Type":"big"}'), 1)).toEqual(['{"seq":2,"type":"big"}']);
  }));

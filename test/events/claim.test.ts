import {expect, test} from 'vitest';
import {eventObject, padded} from '../../src/events/codec.ts';
import {EventLog} from '../../src/events/event-log.ts';
import type {ConfigMap} from '../../src/kube/cluster.ts';
import {play, take} from './model/play.ts';

const seqs = (lines: string[]) => lines.map(line => (JSON.parse(line) as {seq: number}).seq);

const pendingsOf = ({data = {}}: ConfigMap) =>
  Object.keys(data).filter(key => key.startsWith('pending.'));

test('a writer lets go of the number that turned out to be another’s', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    await log.record('{}');
    // An old counter was put back: it does not know the last event.
    for (const seq of [2, 3, 4]) server.create(eventObject(seq, `id${seq}`, `{"seq":${seq}}`));
    const pendings = {'pending.0000000002.id2': '{"seq":2}', 'pending.0000000003.id3': '{"seq":3}'};
    server.replace({...server.get('gc-events-seq'), data: {seq: '3', ...pendings}});
    expect(await log.record('{}')).toBe(5);
    const left = pendingsOf(server.get('gc-events-seq'));
    expect(left).toEqual([expect.stringMatching(/^pending\.0000000005\./)]);
  }));

test('a writer stores what dead ones left in a full counter before it lets go of that', () =>
  play(async ({store, server}) => {
    const log = new EventLog(store);
    await log.record('{}');
    const left = Array.from({length: 20}, (_, at) => at + 2);
    const pendings = left.map((seq): [string, string] => [
      `pending.${padded(seq)}.dead${seq}`,
      `{"seq":${seq}}`,
    ]);
    const counter = server.get('gc-events-seq');
    const data = {...counter.data, ...Object.fromEntries(pendings), seq: '21'};
    server.replace({...counter, data});
    expect(await log.record('{}')).toBe(22);
    expect(pendingsOf(server.get('gc-events-seq'))).toHaveLength(1);
    expect(seqs(await take(log.list(''), 22))).toEqual([1, ...left, 22]);
  }));

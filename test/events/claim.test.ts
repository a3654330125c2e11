import {expect, test} from 'vitest';
import {padded} from '../../src/events/codec.ts';
import {EventLog} from '../../src/events/event-log.ts';
import {play, take} from './model/play.ts';

const seqs = (lines: string[]) => lines.map(line => (JSON.parse(line) as {seq: number}).seq);

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
    const keys = Object.keys(server.get('gc-events-seq').data ?? {});
    expect(keys.filter(key => key.startsWith('pending.'))).toHaveLength(1);
    expect(seqs(await take(log.list(''), 22))).toEqual([1, ...left, 22]);
  }));

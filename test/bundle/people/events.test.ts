import {describe, expect, it} from 'vitest';
import {resolve} from 'node:path';
import {begin} from '../program.ts';
import {GC_K8S, peopleCity, type PeopleCity} from './gc-k8s.ts';

const EVENTS = resolve('dist/gc-events-k8s');

async function cityWithEvents(): Promise<PeopleCity> {
  const city = await peopleCity();
  for (const [at, type] of ['bead.created', 'bead.closed', 'bead.created'].entries()) {
    await record(city, {type, actor: 'mayor', subject: `b-${at}`, message: `line\nof ${at}`});
  }
  return city;
}

const record = (city: PeopleCity, event: object) =>
  city.run('record', {executable: EVENTS, stdin: JSON.stringify(event)});

const cells = (stdout: Buffer) =>
  stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => line.split(/ {2,}/).toSpliced(1, 1).join(' | '));

describe('events', () => {
  it('lists the newest, one a line', async () => {
    const city = await cityWithEvents();
    const {stdout} = await city.gc('events list');
    expect(cells(stdout)).toEqual([
      'SEQ | TYPE | ACTOR | SUBJECT | MESSAGE',
      '1 | bead.created | mayor | b-0 | line of 0',
      '2 | bead.closed | mayor | b-1 | line of 1',
      '3 | bead.created | mayor | b-2 | line of 2',
    ]);
    expect(cells((await city.gc('events list --last 1')).stdout)).toHaveLength(2);
    const typed = await city.gc('events list --type bead.created --last 1 -o json');
    expect(JSON.parse(typed.stdout.toString())).toMatchObject({
      version: 1,
      events: [{seq: 3, type: 'bead.created', message: 'line\nof 2'}],
    });
    const none = await city.gc('events list --actor nobody');
    expect([none.code, none.stdout.length, none.stderr]).toEqual([
      0,
      0,
      'warning: there are no such events\n',
    ]);
  });

  it('counts them by type and actor', async () => {
    const city = await cityWithEvents();
    const {stdout} = await city.gc('events stats -o json');
    expect(JSON.parse(stdout.toString())).toMatchObject({
      ...{version: 1, count: 3, latestSeq: 3, lastHour: 3},
      types: {'bead.created': 2, 'bead.closed': 1},
      actors: {mayor: 3},
    });
    expect((await city.gc('events stats')).stdout.toString()).toMatch(
      /^events +3 over [^]*TYPE +EVENTS\nbead.created +2\nbead.closed +1\n/,
    );
    expect((await (await peopleCity()).gc('events stats')).stdout.toString()).toMatch(/^events +0/);
  });

  it('shows what an agent wrote without doing what it says', async () => {
    const city = await peopleCity();
    const evil = 'a\u001b]0;title\u0007b';
    await record(city, {type: evil, actor: evil, subject: evil, message: evil});
    for (const words of ['events list', 'events stats']) {
      const {stdout} = await city.gc(words);
      expect(stdout.toString()).toContain('a^[]0;title^Gb');
      expect(stdout.toString()).not.toMatch(/[\u001b\u0007]/);
    }
    const tail = begin(['events', 'tail'], {env: city.env, executable: GC_K8S});
    const line = await new Promise(resolve => tail.child.stdout.once('data', resolve));
    tail.interrupt();
    await tail.ended;
    expect(String(line)).toMatch(/ #1 (a\^\[\]0;title\^Gb ?){4}\n$/);
    const {stdout} = await city.gc('events list -o json');
    expect(JSON.parse(stdout.toString())).toMatchObject({events: [{message: evil}]});
  });

  it('follows the log until it is interrupted', async () => {
    const city = await cityWithEvents();
    const words = ['events', 'tail', '--last', '1'];
    const tail = begin(words, {env: city.env, executable: GC_K8S});
    await tail.says(/line of 2\n/);
    await record(city, {type: 'mail.sent', actor: 'deacon', message: 'news'});
    await tail.says(/news\n/);
    tail.interrupt();
    const {code, stdout} = await tail.ended;
    expect(code).toBe(130);
    expect(stdout.toString().trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^\S+Z #3 bead.created mayor b-2 line of 2$/),
      expect.stringMatching(/^\S+Z #4 mail.sent deacon - news$/),
    ]);
  });

  it('says what pruning would delete without deleting, and refuses what is no amount', async () => {
    const city = await cityWithEvents();
    city.dev.clearRequests();
    const dry = await city.gc('events prune --keep 1 --dry-run');
    expect([dry.code, dry.stdout.toString()]).toEqual([
      0,
      // Nothing younger than a minute goes: a watcher may be on its way to it.
      'would prune 0 events, the log would begin at 1\n',
    ]);
    expect(city.dev.requests.every(({method}) => method === 'GET')).toBe(true);
    for (const [line, told] of [
      ['events prune --older-than soon', '--older-than=soon is not valid'],
      ['events prune --keep -3', '--keep=-3 is not valid'],
      ['-n Not_One events prune', '--namespace=Not_One is not valid'],
    ] as const) {
      const {code, stderr} = await city.gc(line);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`events prune: ${told}; it must`),
      ]);
    }
  });
});

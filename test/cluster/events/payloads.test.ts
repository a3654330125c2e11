import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {beforeNextTry} from '../kit/tries.ts';
import {configMap, numbersOf, openLogs, type Ground} from './kit.ts';
import {startWatcher, stopWatchers} from './watcher.ts';

const TS = '2026-11-21T06:00:00.5+02:00';

describe('what an event holds', () => {
  let ground: Ground;
  let count = 0;
  const logs = openLogs('payloads');
  beforeAll(startAnew);
  beforeEach(() => beforeNextTry(startAnew));
  afterEach(() => stopWatchers());
  afterAll(logs.close);

  async function startAnew(): Promise<void> {
    ground = await logs.open();
    count = 0;
  }

  /** Records the text and gives what the log made of it. */
  const roundTrip = async (text: string): Promise<string> => {
    const {code, stderr} = await ground.gc(['record'], text);
    expect([code, stderr]).toEqual([0, '']);
    count += 1;
    return (await ground.list({AfterSeq: count - 1}))[0] ?? '';
  };

  it.each([
    ['1 byte', 1],
    ['60 KB', 60_000],
    ['200 KB', 200_000],
    ['900 KB', 900_000],
  ])('of %s comes back whole by list, and watch keeps its line short', async (_, size) => {
    const payload = 'ä'.repeat(Math.floor(size / 2)).padEnd(Math.ceil(size / 2) || 1, 'x');
    const fields = `"type":"test.big","ts":"${TS}","actor":"test","payload":${JSON.stringify(payload)}`;
    const watcher = startWatcher(ground, `of ${size} bytes`, count);
    expect(await roundTrip(`{${fields}}`)).toBe(`{"seq":${count},${fields}}`);
    await watcher.reach(count);
    const line = watcher.lines[0] ?? '';
    expect(Buffer.byteLength(line)).toBeLessThan(64 * 1024);
    const given = JSON.parse(line) as {type: string; truncated?: string[]};
    expect(given).toMatchObject({seq: count, type: 'test.big', ts: TS, actor: 'test'});
    expect(given.truncated).toEqual(size < 64_000 ? undefined : ['payload']);
  });

  it('of 2 MB is refused before a number is taken', async () => {
    const event = {type: 'test.big', actor: 'test', payload: 'x'.repeat(2_000_000)};
    const {code, stderr} = await ground.gc(['record'], JSON.stringify(event));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^record: .* not recorded.*\n$/);
    expect(stderr.length).toBeLessThan(500);
    expect(await ground.latestSeq()).toBe(count);
    const {body} = await ground.api.call(
      'GET',
      '/configmaps?labelSelector=gc/component=event-staged',
    );
    expect(body.items).toEqual([]);
  });

  it('may be deep, have big numbers and every plane of Unicode', async () => {
    const deep = '{"a":['.repeat(1000) + '1' + ']}'.repeat(1000);
    const numbers = '[12345678901234567890123,1.000,-0.0,1e400,0.1234567890123456789]';
    const planes = Array.from({length: 17}, (_, plane) =>
      String.fromCodePoint(plane * 0x10000 + 0xfff, plane * 0x10000 + 0x20ac),
    ).join('');
    const texts = JSON.stringify(`${planes}\u0001\u0000\u2028\u2029\ufeff"\\\u007f`);
    const fields =
      `"type":"test.odd","ts":"${TS}","actor":"test","payload":{"deep":${deep},"n":${numbers},` +
      `"u":${texts},"e":"\\u0061\\ud83d\\ude00"},"x_unknown":{"b":1,"a":null},"run_id":"r"`;
    expect(await roundTrip(`{"seq":99,${fields}}`)).toBe(`{"seq":${count},${fields}}`);
  });

  it.each([
    'a b/c:d',
    '-begins.and.ends_',
    'äöü 日本 😀',
    'x'.repeat(200),
    `${'y'.repeat(62)}-${'z'.repeat(137)}`,
    '"quoted" \\ $(rm) `x` \n\t',
    '',
  ])('may have %j as its type and its actor, and is found by them', async text => {
    const mine = {seq: 0, type: text, ts: TS, actor: text};
    const line = await roundTrip(JSON.stringify(mine));
    expect(JSON.parse(line)).toEqual({...mine, seq: count});
    // One with the same label is another one.
    const label = (await configMap(ground, `gc-evt-${String(count).padStart(10, '0')}`))?.metadata
      ?.labels;
    await roundTrip(JSON.stringify({type: label?.['gc/type'], ts: TS, actor: `${text}!`}));
    if (text === '') return;
    expect(numbersOf(await ground.list({Type: text, AfterSeq: count - 2}))).toEqual([count - 1]);
    expect(numbersOf(await ground.list({Actor: text}))).toEqual([count - 1]);
  });

  it('is found by time, number and limit', async () => {
    const from = count;
    for (const ts of [
      '2001-01-01T00:00:00Z',
      '2001-01-01T02:30:00+02:00',
      '2001-01-01T01:00:00.000000001Z',
    ]) {
      await roundTrip(JSON.stringify({type: 'test.time', ts, actor: 'test', subject: 'one'}));
    }
    const found = async (filter: object) =>
      numbersOf(await ground.list({Type: 'test.time', ...filter})).map(number => number - from);
    expect(await found({})).toEqual([1, 2, 3]);
    expect(await found({Since: '2001-01-01T00:30:00Z'})).toEqual([2, 3]);
    expect(await found({Until: '2001-01-01T01:00:00Z'})).toEqual([1, 2]);
    expect(await found({Since: '0001-01-01T00:00:00Z', Until: '', Limit: 0})).toEqual([1, 2, 3]);
    expect(await found({Limit: 2})).toEqual([1, 2]);
    expect(await found({AfterSeq: from + 1})).toEqual([2, 3]);
    expect(await found({BeforeSeq: from + 3})).toEqual([1, 2]);
    expect(await found({Subject: 'one', Limit: -1})).toEqual([1, 2, 3]);
    expect(await found({Subject: 'on'})).toEqual([]);
  });

  it('gets a time when it has none', async () => {
    for (const time of ['', '"ts":"0001-01-01T00:00:00Z",']) {
      const line = await roundTrip(`{${time}"type":"test.now","actor":"test"}`);
      const {ts} = JSON.parse(line) as {ts: string};
      expect(Math.abs(Date.parse(ts) - Date.now())).toBeLessThan(60_000);
    }
  });

  it.each(['', '{', '[]', '"x"', '{"type":1}', '{"ts":"yesterday"}'])(
    'is refused in one line when stdin is %j',
    async text => {
      const {code, stderr} = await ground.gc(['record'], text);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^record: [^\n]+\n$/);
      expect(await ground.latestSeq()).toBe(count);
    },
  );

  it('is not looked for with a bad filter', async () => {
    const {code, stdout, stderr} = await ground.gc(['list'], '{"Type":');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^list: [^\n]+\n$/);
  });
});

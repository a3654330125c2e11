import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import type {Evidence, RecordEvidence} from '../../events/model/checker.ts';
import {complaintsAbout} from '../../events/model/checker.ts';
import {itUnless} from '../../kit/unless.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {numbersOf, openLogs, upTo, type Ground} from './kit.ts';
import {startWatcher, stopWatchers, type Watcher} from './watcher.ts';
import {randomOf} from '../../kit/random.ts';
import {findShellTools, recordByShell, recordMany, recordOnce} from './writers.ts';

const WRITERS = 50;
const EACH = 20;

describe('many who record at once', () => {
  let ground: Ground;
  const logs = openLogs('crowd');
  const startAnew = async () => void (ground = await logs.open());
  beforeAll(startAnew);
  afterEach(() => stopWatchers());
  afterAll(logs.close);

  it(`${WRITERS} processes with ${EACH} events each fill 1…${WRITERS * EACH}, and three watchers see it`, async () => {
    beforeNextTry(startAnew);
    await ground.gc(['ensure-running']);
    const total = WRITERS * EACH;
    const watchers = [startWatcher(ground, 'from 0'), startWatcher(ground, 'from 500', 500)];
    const writing = upTo(WRITERS).map(writer => recordMany(ground, `w${writer}`, EACH));
    await watchers[0]?.reach(total / 2, 150_000);
    watchers.push(startWatcher(ground, 'half-way'));
    const records = (await Promise.all(writing)).flat();
    expect(records.filter(({outcome}) => outcome !== 'acknowledged')).toEqual([]);
    for (const watcher of watchers) await watcher.reach(total);
    expect(numbersOf(watchers[0]?.lines ?? [])).toEqual(upTo(total));
    expect(numbersOf(watchers[1]?.lines ?? [])).toEqual(upTo(total, 501));
    expect(numbersOf(watchers[2]?.lines ?? [])).toEqual(upTo(total));
    expect(complaintsAbout(await evidence(ground, records, watchers))).toEqual([]);
  }, 240_000);
});

describe('many who record, of whom some die', () => {
  const tools = findShellTools();
  const seed = Number(process.env.GC_TEST_SEED ?? Date.now() % 1_000_000);
  let ground: Ground;
  const logs = openLogs('deaths');
  const startAnew = async () => void (ground = await logs.open());
  beforeAll(startAnew);
  afterEach(() => stopWatchers());
  afterAll(logs.close);

  itUnless(
    typeof tools === 'string' ? tools : undefined,
    'loses nothing that was acknowledged, with every third writer killed and shell writers between',
    async () => {
      if (typeof tools === 'string') return;
      beforeNextTry(startAnew);
      console.log(`GC_TEST_SEED=${seed}`);
      const random = randomOf(seed);
      await ground.gc(['ensure-running']);
      const watchers = [startWatcher(ground, 'from 0'), startWatcher(ground, 'from 20', 20)];
      // The shell provider gives up after three conflicts: in the crowd it may never have its turn.
      const early = await recordByShell(ground, tools, 'early', {count: 3});
      const ours = upTo(WRITERS).map(writer =>
        recordMany(ground, `w${writer}`, EACH, () =>
          writer % 3 === 0 ? random() * 3000 : undefined,
        ),
      );
      const shells = upTo(4).map(writer =>
        recordByShell(ground, tools, `shell${writer}`, {
          count: 10,
          killAfter: () => (writer % 2 === 0 ? 200 + random() * 1500 : undefined),
        }),
      );
      await watchers[0]?.reach(300, 300_000);
      watchers.push(startWatcher(ground, 'later'));
      const records = [...early, ...(await Promise.all([...ours, ...shells])).flat()];
      const settledMs = performance.now();
      records.push(await recordOnce(ground, 'last'));
      const latest = await ground.latestSeq();
      for (const watcher of watchers) await watcher.reach(latest);
      const waitMs = Math.max(...watchers.map(({cameMs}) => (cameMs.at(-1) ?? 0) - settledMs));
      expect(complaintsAbout(await evidence(ground, records, watchers))).toEqual([]);
      const killed = records.filter(({outcome}) => outcome === 'unknown').length;
      console.log(
        `${records.length} records, ${killed} killed, ${latest} numbers, ${Math.round(waitMs)} ms`,
      );
      // They were there, and were not all killed.
      const shellsDone = records.filter(r => r.isShell && r.outcome === 'acknowledged');
      expect(shellsDone.length).toBeGreaterThan(0);
      expect(killed).toBeGreaterThan(0);
    },
    {timeout: 480_000},
  );

  it('holds nobody up for long at a number that was never filled', async () => {
    const watcher = startWatcher(ground, 'held up');
    await watcher.reach(await ground.latestSeq());
    const counter = (await ground.api.call('GET', '/configmaps/gc-events-seq')).body;
    const taken = Number(counter.data?.seq) + 1;
    const data = {...counter.data, seq: String(taken)};
    const put = await ground.api.call('PUT', '/configmaps/gc-events-seq', {...counter, data});
    expect(put.status).toBe(200);
    await ground.record({type: 'after.hole', actor: 'test'});
    await watcher.reach(taken + 1);
    expect(numbersOf(watcher.lines)).not.toContain(taken);
    // The writer that took it comes at last, and is refused.
    const name = `gc-evt-${String(taken).padStart(10, '0')}`;
    const late = await ground.api.patch(`/configmaps/${name}`, 'strategic-merge', {
      data: {event: '{}'},
    });
    expect(late.status).toBe(422);
    expect(numbersOf(await ground.list({AfterSeq: taken - 1}))).toEqual([taken + 1]);
  });
});

async function evidence(
  ground: Ground,
  records: readonly RecordEvidence[],
  watchers: readonly Watcher[],
): Promise<Evidence> {
  const listed = await ground.list();
  const latestSeq = await ground.latestSeq();
  return {records, watchers, lists: [], listed, latestSeq, floor: 0, isTampered: false};
}

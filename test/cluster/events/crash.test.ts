import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import type {RecordEvidence} from '../../events/model/checker.ts';
import {complaintsAbout} from '../../events/model/checker.ts';
import {describeUnless} from '../../kit/unless.ts';
import {GC_TEST_CRASH as CRASH, nodesReport, SETTLES_WITHIN_MS, whyNoCrash} from '../kit/crash.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {openLogs, upTo, type Ground} from './kit.ts';
import {startWatcher, stopWatchers} from './watcher.ts';
import {recordOnce} from './writers.ts';

/** As long as each crash takes, and more. */
const CALM_MS = 4000;

describeUnless(whyNoCrash, 'the log while parts of the cluster die', () => {
  let ground: Ground;
  const logs = openLogs('crash');
  const startAnew = async () => void (ground = await logs.open());
  beforeAll(startAnew);
  afterEach(() => stopWatchers());
  afterAll(logs.close);
  afterAll(nodesReport, SETTLES_WITHIN_MS);

  it('loses no acknowledged event, and its watchers go on by themselves', async () => {
    beforeNextTry(startAnew);
    await ground.gc(['ensure-running']);
    const watchers = upTo(2).map(n => startWatcher(ground, `watcher ${n}`));
    const records: RecordEvidence[] = [];
    let isOver = false;
    const writing = upTo(6).map(async writer => {
      for (let n = 0; !isOver; n += 1) records.push(await recordOnce(ground, `w${writer}-${n}`));
    });
    for (const [component, seconds] of [
      ['apiserver', '10'],
      ['etcd', '3'],
      ['apiserver', '10'],
    ] as const) {
      await calm();
      await promisify(execFile)(CRASH, [component, seconds], {timeout: 90_000});
    }
    await calm();
    isOver = true;
    await Promise.all(writing);
    records.push(await recordOnce(ground, 'last'));
    const latestSeq = await ground.latestSeq();
    for (const watcher of watchers) await watcher.reach(latestSeq);
    const count = (wanted: string) => records.filter(r => r.outcome === wanted).length;
    console.log(
      `${count('acknowledged')} acknowledged, ${count('failed')} failed, ${count('unknown')} unknown`,
    );
    const listed = await ground.list();
    const judged = {records, watchers, lists: [], listed, latestSeq, floor: 0, isTampered: false};
    expect(complaintsAbout(judged)).toEqual([]);
    expect(count('acknowledged')).toBeGreaterThan(20);
    expect(watchers.map(({complaints}) => complaints())).toEqual(['', '']);
  }, 240_000);
});

function calm(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, CALM_MS));
}

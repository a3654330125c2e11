import {execFile} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {eventObject} from '../../../src/events/codec.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {EXECUTABLE, linesOf, numbersOf, openGround, openLogs, upTo, type Ground} from './kit.ts';
import {startWatcher, stopWatchers} from './watcher.ts';

const LENGTH = 20_000;
const KEPT = 1000;
/** A log to compare with. */
const SHORT = 100;
const ROUNDS = 15;
const PRUNE = resolve(import.meta.dirname, '../../../dist/gc-events-prune');

/** Events this young are spared by pruning. */
const SPARED_MS = 61_000;
/** On a slow machine. */
const FILLING_MS = 600_000;

describe(`a log of ${LENGTH} events`, () => {
  let ground: Ground;
  let oldSinceMs = 0;
  const logs = openLogs('long');
  beforeAll(startAnew, FILLING_MS);
  afterEach(() => stopWatchers());
  afterAll(logs.close);

  async function startAnew(): Promise<void> {
    ground = await logs.open();
    await fill(ground, 1, LENGTH - KEPT);
    oldSinceMs = performance.now();
    await fill(ground, LENGTH - KEPT + 1, LENGTH);
    await count(ground, LENGTH);
  }

  it('is listed whole in little memory', async () => {
    const {stdout, peakBytes} = await measured(ground, ['list']);
    const lines = linesOf({stdout, bytes: Buffer.alloc(0), code: 0, stderr: '', ms: 0});
    expect(numbersOf(lines)).toEqual(upTo(LENGTH));
    console.log(`list of ${LENGTH}: ${Math.round(peakBytes / 2 ** 20)} MiB at most`);
    expect(peakBytes).toBeLessThan(200 * 2 ** 20);
  });

  it('is listed near its head without being read', async () => {
    const short = await openGround('short');
    onTestFinished(() => short.close());
    await fill(short, 1, SHORT);
    await count(short, SHORT);
    // In turns, so that what else this machine does hits both alike.
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const ms = await newestTenMs(ground, LENGTH);
      ratios.push(ms / (await newestTenMs(short, SHORT)));
    }
    const median = ratios.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? NaN;
    const whole = await ground.gc(['list'], JSON.stringify({Type: 'no such type'}));
    console.log(
      `the newest 10: ${median.toFixed(2)} x the time in a log of ${SHORT} (median of ${ROUNDS} rounds); ` +
        `a type of none: ${Math.round(whole.ms)} ms`,
    );
  });

  it('is streamed by watch, in memory that stays flat', async () => {
    const watcher = startWatcher(ground, 'of all');
    await watcher.reach(LENGTH / 4);
    const early = residentBytes(watcher.pid);
    await watcher.reach(LENGTH);
    const late = residentBytes(watcher.pid);
    console.log(`watch 0: ${Math.round(early / 2 ** 20)}, then ${Math.round(late / 2 ** 20)} MiB`);
    expect(numbersOf(watcher.lines)).toEqual(upTo(LENGTH));
    expect(late).toBeLessThan(200 * 2 ** 20);
    expect(late).toBeLessThan(early * 1.6);
  });

  it(`is pruned to ${KEPT}, and goes on`, async () => {
    beforeNextTry(startAnew, FILLING_MS);
    const before = startWatcher(ground, 'before', LENGTH);
    await sleep(Math.max(0, SPARED_MS - (performance.now() - oldSinceMs)));
    const env = {...ground.env, GC_K8S_EVENTS_KEEP: String(KEPT), GC_K8S_EVENTS_MAX_AGE: '0'};
    const sinceMs = performance.now();
    const said = await run(PRUNE, [], env);
    console.log(`${said.trim()}, ${Math.round(performance.now() - sinceMs)} ms`);
    const kept = upTo(LENGTH, LENGTH - KEPT + 1);
    expect(numbersOf(await ground.list())).toEqual(kept);
    expect(await ground.latestSeq()).toBe(LENGTH);
    await ground.record({type: 'test.after', actor: 'test'});
    expect(await ground.latestSeq()).toBe(LENGTH + 1);
    const after = startWatcher(ground, 'after');
    await after.reach(LENGTH + 1);
    expect(numbersOf(after.lines)).toEqual([...kept, LENGTH + 1]);
    await before.reach(LENGTH + 1);
    expect(numbersOf(before.lines)).toEqual([LENGTH + 1]);
  });
});

/** The counter as it stands after so many events. */
async function count({api}: Ground, seq: number): Promise<void> {
  const labels = {'app.kubernetes.io/managed-by': 'gascity', 'gc/component': 'event-seq'};
  const counter = {metadata: {name: 'gc-events-seq', labels}, data: {seq: String(seq)}};
  expect((await api.call('POST', '/configmaps', counter)).status).toBe(201);
}

/** How long a list of the newest ten takes. */
async function newestTenMs(ground: Ground, length: number): Promise<number> {
  const listed = await ground.gc(['list'], JSON.stringify({AfterSeq: length - 10}));
  expect(numbersOf(linesOf(listed))).toEqual(upTo(length, length - 9));
  return listed.ms;
}

/** Events as `record` writes them, but faster. */
async function fill({api}: Ground, first: number, last: number): Promise<void> {
  const numbers = upTo(last, first).values();
  const worker = async () => {
    for (const seq of numbers) {
      const ts = '2026-11-21T06:00:00Z';
      const text = JSON.stringify({
        seq,
        type: 'test.long',
        ts,
        actor: 'test',
        message: 'm'.repeat(200),
      });
      const {status} = await api.call('POST', '/configmaps', eventObject(seq, `raw${seq}`, text));
      if (status !== 201) throw new Error(`event ${seq}: ${status}`);
    }
  };
  await Promise.all(upTo(24).map(worker));
}

/** Runs the executable in a Node that says in the end how much memory it had at most. */
async function measured({env, directory}: Ground, args: readonly string[]) {
  const peakFile = join(directory, 'peak');
  const note = join(directory, 'note-peak.cjs');
  writeFileSync(
    note,
    `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(peakFile)}, ` +
      'String(process.resourceUsage().maxRSS * 1024)))',
  );
  const stdout = await run(process.execPath, ['--require', note, EXECUTABLE, ...args], env);
  return {stdout, peakBytes: Number(readFileSync(peakFile, 'utf8'))};
}

function run(file: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {env, maxBuffer: 2 ** 28, timeout: 150_000};
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file}: ${stderr || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.end();
  });
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) * 1024;
}

import {DeadlineError} from '../../../src/errors.ts';
import {append} from '../../../src/events/append.ts';
import {eventObject} from '../../../src/events/codec.ts';
import {readNewEvent, withSeq} from '../../../src/events/event.ts';
import {readFilter} from '../../../src/events/filter.ts';
import {follow} from '../../../src/events/follow.ts';
import {prune} from '../../../src/events/prune.ts';
import {latestNumber, read} from '../../../src/events/read.ts';
import {isCounter, parseCounter, readOrRebuildCounter} from '../../../src/events/sequence.ts';
import type {ConfigMap} from '../../../src/kube/cluster.ts';
import type {Evidence, RecordEvidence} from './checker.ts';
import type {Way} from './client.ts';
import {Client, storeOf} from './client.ts';
import type {Program} from './scheduler.ts';
import {Scheduler} from './scheduler.ts';
import {Server} from './server.ts';
import {recordLikeTheShell} from './shell-writer.ts';

/** What may happen in a round; drawn from its seed. */
export interface Weather extends Way {
  readonly writers: number;
  readonly recordsEach: number;
  readonly shellShare: number;
  readonly shellSlownessMs: number;
  readonly crash: number;
  readonly watchers: number;
  readonly history: number;
  readonly prunes: number;
  readonly forgets: number;
  readonly tampers: number;
  readonly bigShare: number;
}

interface Mutable<T> {
  afterSeq: number;
  name: string;
  lines: T[];
}

export interface Round {
  readonly evidence: Evidence;
  readonly steps: number;
  readonly requests: number;
  /** The longest that a watcher waited for an event that was there. */
  readonly longestWaitMs: number;
}

const COUNTER = 'gc-events-seq';

/** One city: programs on one server, in virtual time. */
class City {
  readonly scheduler: Scheduler;
  readonly server: Server;
  readonly weather: Weather;
  readonly records: RecordEvidence[] = [];
  readonly watchers: Mutable<string>[] = [];
  readonly lists: Mutable<string>[] = [];
  readonly clients: Client[] = [];
  readonly copies: ConfigMap[] = [];
  floor = 0;
  longestWaitMs = 0;
  readonly #ended = new Map<string, number>();

  constructor(seed: number) {
    this.scheduler = new Scheduler(seed);
    this.server = new Server(
      () => this.scheduler.nowMs,
      object => {
        if (isCounter(object)) this.noteCounter(object);
      },
    );
    this.weather = drawWeather(this.scheduler);
  }

  program(name: string, crash = 0, budgetMs = Infinity) {
    const {scheduler} = this;
    const stepsToLive = scheduler.chance(crash) ? scheduler.below(16) : Infinity;
    const program: Program = {name, stepsToLive, endsAtMs: scheduler.nowMs + budgetMs};
    const client = new Client(this, program, this.weather);
    this.clients.push(client);
    return {program, store: storeOf(scheduler, program, client)};
  }

  async write(marker: string, crash = this.weather.crash): Promise<void> {
    const {scheduler, weather} = this;
    const isShell = scheduler.chance(weather.shellShare);
    const {store} = this.program(marker, crash, 25_000);
    const filling = scheduler.chance(weather.bigShare) ? 'x'.repeat(17_000) : '';
    const type = scheduler.chance(0.5) ? 'a.b' : 'c!d';
    const input = `{"type":"${type}", "actor":"x","subject":"${marker}","ts":"2026-11-21T06:00:00Z",
      "payload":{"n":12345678901234567890.10, "f":"${filling}"},"seq":99}`;
    const event = readNewEvent(input, 0);
    const startedMs = scheduler.nowMs;
    const facts = {marker, startedMs, text: event.text, isShell};
    const index = this.records.length;
    // Until it has an end, nobody knows how it ends.
    this.records.push({...facts, outcome: 'unknown', endedMs: Infinity});
    try {
      const number = await (isShell
        ? recordLikeTheShell(store, seq => withSeq(event.text, seq), weather.shellSlownessMs)
        : append(store, event));
      this.#ended.set(marker, scheduler.nowMs);
      const endedMs = scheduler.nowMs;
      this.records[index] = {...facts, outcome: 'acknowledged', number, endedMs};
    } catch (error) {
      const isUnsure = error instanceof DeadlineError && (isShell || /may have/.test(error.message));
      const outcome = isUnsure || (isShell && weather.loss > 0) ? 'unknown' : 'failed';
      this.records[index] = {...facts, outcome, endedMs: scheduler.nowMs};
    }
  }

  async watch(name: string, afterSeq: number): Promise<void> {
    const evidence = {name, afterSeq, lines: [] as string[]};
    this.watchers.push(evidence);
    const startedMs = this.scheduler.nowMs;
    const {store} = this.program(name);
    for await (const line of follow(store, afterSeq)) {
      evidence.lines.push(line);
      const marker = /"subject":"([^"]*)"/.exec(line)?.[1] ?? '';
      const sinceMs = Math.max(startedMs, this.#ended.get(marker) ?? Infinity);
      this.longestWaitMs = Math.max(this.longestWaitMs, this.scheduler.nowMs - sinceMs);
    }
  }

  async list(name: string, afterSeq: number): Promise<void> {
    const {store} = this.program(name);
    const lines: string[] = [];
    const filter = readFilter(JSON.stringify({AfterSeq: afterSeq}));
    for await (const line of read(store, filter)) lines.push(line);
    this.lists.push({name, afterSeq, lines});
  }

  async prune(): Promise<void> {
    const {store} = this.program('prune', 0.2);
    const keep = this.scheduler.below(30);
    await prune(store, {keep, nowMs: this.scheduler.nowMs, spareMs: 5000});
  }

  /** Somebody lays hand on the counter: deletes it, or puts an old copy or an old number back. */
  tamper(): void {
    const {scheduler, server, copies} = this;
    const current = server.objects.get(COUNTER);
    const old = copies[scheduler.below(copies.length)];
    if (!current) return;
    const {resourceVersion: _, ...metadata} = current.metadata;
    switch (scheduler.below(4)) {
      case 0:
        return server.delete(COUNTER);
      case 1:
        server.delete(COUNTER);
        server.create({metadata, data: {seq: '0'}});
        return;
      case 2:
        server.replace({metadata, ...(old?.data && {data: old.data})});
        return;
      default:
        server.replace({metadata, data: {...current.data, seq: old?.data?.seq ?? '0'}});
    }
  }

  noteCounter(counter: ConfigMap): void {
    this.copies.push(counter);
    this.floor = Math.max(this.floor, parseCounter(counter).floor);
  }
}

function drawWeather(scheduler: Scheduler): Weather {
  const pick = <T>(...values: [T, ...T[]]): T => values[scheduler.below(values.length)] ?? values[0];
  const tampers = pick(0, 0, 0, 1, 2);
  return {
    latencyMs: pick(1, 5, 20),
    loss: pick(0, 0, 0.03, 0.1),
    writers: 2 + scheduler.below(9),
    recordsEach: 1 + scheduler.below(3),
    // A shell writer does not notice a counter that was put back.
    shellShare: tampers > 0 ? 0 : pick(0, 0.3, 0.7),
    shellSlownessMs: pick(20, 300, 10_000),
    crash: pick(0, 0.1, 0.4),
    watchers: 1 + scheduler.below(3),
    history: pick(0, 0, 0, 0, 0, 5, 40, 160),
    prunes: pick(0, 0, 1, 3),
    forgets: pick(0, 0, 2, 6),
    tampers,
    bigShare: pick(0, 0, 0, 0.2),
  };
}

/** Plays one round to its end and gives what was seen. */
export async function playRound(seed: number): Promise<Round> {
  const city = new City(seed);
  const {scheduler, server, weather} = city;
  fillHistory(city);
  void readOrRebuildCounter(city.program('ensure-running').store);
  const spanMs = 200 + scheduler.random() * (weather.prunes > 0 ? 15_000 : 3000);
  const at = (what: () => unknown): void => {
    const director = {name: 'director', stepsToLive: Infinity, endsAtMs: Infinity};
    const ms = scheduler.random() * spanMs;
    void scheduler.pause(director, ms).then(what);
  };
  for (let writer = 0; writer < weather.writers; writer += 1) {
    at(async () => {
      for (let n = 0; n < weather.recordsEach; n += 1) await city.write(`w${writer}-${n}`);
    });
  }
  for (let watcher = 0; watcher < weather.watchers; watcher += 1) {
    const seqNow = () => Number(server.objects.get(COUNTER)?.data?.seq ?? 0);
    at(() => void city.watch(`watcher ${watcher}`, scheduler.below(2) * scheduler.below(seqNow() + 1)));
    at(() => void city.list(`list ${watcher}`, scheduler.below(2) * scheduler.below(seqNow() + 1)));
  }
  for (let count = 0; count < weather.prunes; count += 1) at(() => void city.prune());
  for (let count = 0; count < weather.forgets; count += 1) at(() => server.forget());
  for (let count = 0; count < weather.tampers; count += 1) at(() => city.tamper());
  await scheduler.run(60_000);
  // One who lives finishes what the others left.
  await Promise.all([city.write('last', 0), scheduler.run(120_000)]);
  return conclude(city);
}

function fillHistory({server, weather, scheduler}: City): void {
  const {history} = weather;
  if (history === 0) return;
  const first = 1 + scheduler.below(3) * 40;
  for (let n = first; n < first + history; n += 1) {
    if (scheduler.chance(weather.shellShare * 0.05)) continue;
    const text = `{"seq":${n},"type":"old","subject":"old-${n}"}`;
    server.create(eventObject(n, `old${n}`, text));
  }
  const labels = {'gc/component': 'event-seq'};
  server.create({metadata: {name: COUNTER, labels}, data: {seq: String(first + history - 1)}});
}

async function conclude(city: City): Promise<Round> {
  const {scheduler} = city;
  const listed: string[] = [];
  const {store} = city.program('judge');
  let latestSeq = -1;
  const judge = async () => {
    for await (const line of read(store, readFilter(''))) listed.push(line);
    latestSeq = await latestNumber(store);
  };
  await Promise.all([judge(), scheduler.run(130_000)]);
  const {records, watchers, lists, floor, longestWaitMs} = city;
  return {
    evidence: {records, watchers, lists, listed, latestSeq, floor},
    steps: scheduler.steps,
    requests: city.clients.reduce((sum, {requests}) => sum + requests, 0),
    longestWaitMs,
  };
}

import {eventObject} from '../../../src/events/codec.ts';
import {readFilter} from '../../../src/events/filter.ts';
import {latestNumber, read} from '../../../src/events/read.ts';
import {readOrRebuildCounter} from '../../../src/events/sequence.ts';
import type {Evidence} from './checker.ts';
import {City, COUNTER} from './city.ts';
import type {Scenario} from './scenario.ts';

export interface Round {
  readonly evidence: Evidence;
  readonly scenario: Scenario;
  readonly steps: number;
  readonly requests: number;
  /** The longest that a watcher waited for an event that was there. */
  readonly longestWaitMs: number;
}

/** Plays one round to its end and gives what was seen. */
export async function playRound(seed: number): Promise<Round> {
  const city = new City(seed);
  const {scheduler, server, scenario} = city;
  fillHistory(city);
  void readOrRebuildCounter(city.program('ensure-running').store);
  const at = (what: () => unknown): void => {
    const director = {name: 'director', stepsToLive: Infinity, endsAtMs: Infinity};
    const ms = scheduler.random() * scenario.spanMs;
    void scheduler.pause(director, ms).then(what);
  };
  for (let writer = 0; writer < scenario.writers; writer += 1) {
    at(async () => {
      for (let n = 0; n < scenario.recordsEach; n += 1) await city.write(`w${writer}-${n}`);
    });
  }
  for (let watcher = 0; watcher < scenario.watchers; watcher += 1) {
    at(() => void city.watch(`watcher ${watcher}`, somewhere(city)));
  }
  for (let list = 0; list < 4; list += 1) at(() => void city.list(`list ${list}`, somewhere(city)));
  for (let count = 0; count < scenario.prunes; count += 1) at(() => void city.prune());
  for (let count = 0; count < scenario.forgets; count += 1) at(() => server.forget());
  for (let count = 0; count < scenario.tampers; count += 1) at(() => city.tamper());
  await scheduler.run(60_000);
  // One who lives finishes what the others left.
  await Promise.all([city.write('last', 0), scheduler.run(120_000)]);
  return conclude(city);
}

/** A number that a reader may have seen last. */
function somewhere({server, scheduler}: City): number {
  const seq = Number(server.objects.get(COUNTER)?.data?.seq ?? 0);
  return scheduler.below(2) * scheduler.below(seq + 1);
}

function fillHistory({server, scenario, scheduler}: City): void {
  const {history} = scenario;
  if (history === 0) return;
  const first = 1 + scheduler.below(3) * 40;
  for (let n = first; n < first + history; n += 1) {
    if (scheduler.chance(scenario.shellShare * 0.05)) continue;
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
    evidence: {
      records,
      watchers,
      lists,
      listed,
      latestSeq,
      floor,
      isTampered: city.scenario.tampers > 0,
    },
    scenario: city.scenario,
    steps: scheduler.steps,
    requests: city.clients.reduce((sum, {requests}) => sum + requests, 0),
    longestWaitMs,
  };
}

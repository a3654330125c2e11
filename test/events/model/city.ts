import {DeadlineError} from '../../../src/errors.ts';
import {append} from '../../../src/events/append.ts';
import {readNewEvent, withSeq} from '../../../src/events/event.ts';
import {readFilter} from '../../../src/events/filter.ts';
import {follow} from '../../../src/events/follow.ts';
import {prune} from '../../../src/events/prune.ts';
import {read} from '../../../src/events/read.ts';
import {isCounter, parseCounter} from '../../../src/events/sequence.ts';
import type {ConfigMap} from '../../../src/kube/cluster.ts';
import type {RecordEvidence} from './checker.ts';
import {Client, storeOf} from './client.ts';
import type {Program} from './scheduler.ts';
import {Scheduler} from './scheduler.ts';
import {Server, unversioned} from './server.ts';
import {recordLikeTheShell} from './shell-writer.ts';
import type {Scenario} from './scenario.ts';
import {drawScenario} from './scenario.ts';

interface Mutable<T> {
  afterSeq: number;
  name: string;
  lines: T[];
}

export const COUNTER = 'gc-events-seq';

/** One city: programs on one server, in virtual time. */
export class City {
  readonly scheduler: Scheduler;
  readonly server: Server;
  readonly scenario: Scenario;
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
    this.scenario = drawScenario(this.scheduler);
  }

  program(name: string, crash = 0, budgetMs = Infinity) {
    const {scheduler} = this;
    const stepsToLive = scheduler.chance(crash) ? scheduler.below(16) : Infinity;
    const program: Program = {name, stepsToLive, endsAtMs: scheduler.nowMs + budgetMs};
    const client = new Client(this, program, this.scenario);
    this.clients.push(client);
    return {program, store: storeOf(scheduler, program, client)};
  }

  async write(marker: string, crash = this.scenario.crash): Promise<void> {
    const {scheduler, scenario} = this;
    const isShell = scheduler.chance(scenario.shellShare);
    const {store} = this.program(marker, crash, 25_000);
    const filling = scheduler.chance(scenario.bigShare) ? 'x'.repeat(17_000) : '';
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
        ? recordLikeTheShell(store, seq => withSeq(event.text, seq), scenario.shellSlownessMs)
        : append(store, event));
      this.#ended.set(marker, scheduler.nowMs);
      const endedMs = scheduler.nowMs;
      this.records[index] = {...facts, outcome: 'acknowledged', number, endedMs};
    } catch (error) {
      const isUnsure =
        error instanceof DeadlineError && (isShell || error.message.includes('may have'));
      const outcome = isUnsure || (isShell && scenario.loss > 0) ? 'unknown' : 'failed';
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
    const keep = this.scheduler.below(3) * this.scheduler.below(15);
    await prune(store, {keep, nowMs: this.scheduler.nowMs, minAgeMs: 5000});
  }

  /** Somebody lays hand on the counter: deletes it, or puts an old copy or an old number back. */
  tamper(): void {
    const {scheduler, server, copies} = this;
    const current = server.objects.get(COUNTER);
    const old = copies[scheduler.below(copies.length)];
    if (!current) return;
    const metadata = unversioned(current);
    switch (scheduler.below(4)) {
      case 0:
        server.delete(COUNTER);
        return;
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

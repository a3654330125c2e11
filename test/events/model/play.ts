import type {Store} from '../../../src/events/store.ts';
import type {Way} from './client.ts';
import {Client, storeOf} from './client.ts';
import {Scheduler} from './scheduler.ts';
import {Server} from './server.ts';

/** A quiet log with virtual time, for tests of one thing at a time. */
export interface Stage {
  readonly server: Server;
  readonly store: Store;
  readonly client: Client;
  readonly scheduler: Scheduler;
}

/** Runs the work on an empty log, as long as it takes in virtual time. */
export async function play<T>(
  work: (stage: Stage) => Promise<T>,
  {latencyMs = 1, loss = 0, budgetMs = Infinity}: Partial<Way> & {budgetMs?: number} = {},
): Promise<T> {
  const scheduler = new Scheduler(1);
  const server = new Server(
    () => scheduler.nowMs,
    () => undefined,
  );
  const program = {name: 'test', stepsToLive: Infinity, endsAtMs: budgetMs};
  const client = new Client({scheduler, server}, program, {latencyMs, loss});
  const result = work({server, store: storeOf(scheduler, program, client), client, scheduler});
  let isDone = false;
  const note = () => {
    isDone = true;
  };
  result.then(note, note);
  while (!isDone) await scheduler.run(scheduler.nowMs + 100);
  return result;
}

/** The first so many that an iterable gives. */
export async function take<T>(iterable: AsyncIterable<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  if (count === 0) return items;
  for await (const item of iterable) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}

import {UsageError} from '../errors.ts';
import {append} from './append.ts';
import {readNewEvent} from './event.ts';
import {readFilter} from './filter.ts';
import {follow} from './follow.ts';
import {toLine} from './line.ts';
import type {Pruned, Retention} from './prune.ts';
import {prune} from './prune.ts';
import {latestNumber, read} from './read.ts';
import {readOrRebuildCounter} from './sequence.ts';
import type {Store} from './store.ts';

/** The city's event log, as the operations of the events protocol use it. */
export class EventLog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Creates the counter if it is missing. */
  async ensureRunning(): Promise<void> {
    await readOrRebuildCounter(this.#store);
  }

  /** Records one event, given as JSON; returns its number once it is durable. */
  async record(json: string): Promise<number> {
    return append(this.#store, readNewEvent(json, this.#store.clock.wallMs()));
  }

  /** The events that match a filter (JSON, may be empty), ascending, each as one line of JSON. */
  list(filterJson: string): AsyncGenerator<string> {
    return read(this.#store, readFilter(filterJson));
  }

  /** The highest number taken, 0 for an empty log. */
  latestSeq(): Promise<number> {
    return latestNumber(this.#store);
  }

  /** Deletes the oldest events, by count, by age, or both. */
  prune(retention: Omit<Retention, 'nowMs'>): Promise<Pruned> {
    return prune(this.#store, {...retention, nowMs: this.#store.clock.wallMs()});
  }

  /** Every retained event above the number, history first and then live, as lines gc can read. */
  async *watch(afterSeq: string): AsyncGenerator<string> {
    if (!/^\d{1,15}$/.test(afterSeq)) {
      throw new UsageError(`watch: <afterSeq> must be a whole number, not "${afterSeq}"`);
    }
    for await (const text of follow(this.#store, Number(afterSeq))) yield toLine(text);
  }
}

import {heal} from './heal.ts';
import type {Store} from './store.ts';
import type {Window} from './window.ts';

/** How long the writer of a number has to create its object before a watcher does it. */
const HELP_AFTER_MS = 500;

/** After this time the number is fenced by a void object: no event can get it, and all watchers skip it. */
const FENCE_AFTER_MS = 3000;

/** The pause between two looks at the same missing number. */
const LOOK_EVERY_MS = 500;

/** Missing numbers that are handled at a time. */
const MOST_AT_ONCE = 64;

/** Resolves the missing numbers (holes) that keep a watcher from going on. */
export class Attendant {
  readonly #store: Store;
  readonly #window: Window;
  #lookedAtMs = -Infinity;

  constructor(store: Store, window: Window) {
    this.#store = store;
    this.#window = window;
  }

  /** Handles the holes that are due; gives the milliseconds after which it should be called again. */
  async attend(): Promise<number> {
    const dueInMs = this.#dueInMs();
    if (dueInMs > 0) return dueInMs;
    const nowMs = this.#store.clock.nowMs();
    this.#lookedAtMs = nowMs;
    const fenced = this.#window.holes(nowMs - FENCE_AFTER_MS, MOST_AT_ONCE);
    const waiting = this.#window.holes(nowMs - HELP_AFTER_MS, MOST_AT_ONCE);
    await this.#close(fenced, true);
    const others = waiting.filter(number => !fenced.includes(number));
    await this.#close(others, false);
    return Math.max(0, this.#dueInMs());
  }

  #dueInMs(): number {
    const sinceMs = this.#window.waitingSinceMs;
    if (sinceMs === undefined) return Infinity;
    const dueMs = Math.max(sinceMs + HELP_AFTER_MS, this.#lookedAtMs + LOOK_EVERY_MS);
    return dueMs - this.#store.clock.nowMs();
  }

  async #close(numbers: readonly number[], fence: boolean): Promise<void> {
    if (numbers.length === 0) return;
    const window = this.#window;
    const above = window.highestArrived;
    const {outcomes, seq} = await heal(this.#store, numbers, {fence, above});
    // What is taken meanwhile need not wait for its turn to be noticed.
    window.mark(seq, this.#store.clock.nowMs());
    for (const [number, outcome] of outcomes) {
      if (outcome === 'pruned') window.add({number, id: undefined, event: undefined}, 0);
      else if (outcome === 'untaken') window.forget(number - 1);
      else if (outcome !== 'missing') window.add(outcome, this.#store.clock.nowMs());
    }
  }
}

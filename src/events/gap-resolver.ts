import {repairGaps} from './repair.ts';
import type {Store} from './store.ts';
import type {Window} from './window.ts';

/** How long a writer has to create its object before a watcher creates it instead. */
const COMPLETE_AFTER_MS = 500;

/** After this time a tombstone fences the number: no event can use it, and all watchers skip it. */
const FENCE_AFTER_MS = 3000;

/** The interval between two checks of the same missing number. */
const RECHECK_EVERY_MS = 500;

/** Missing numbers handled in one batch. */
const MAX_AT_ONCE = 64;

/** Resolves the missing sequence numbers (gaps) that block a watcher. */
export class GapResolver {
  readonly #store: Store;
  readonly #window: Window;
  #checkedAtMs = -Infinity;

  constructor(store: Store, window: Window) {
    this.#store = store;
    this.#window = window;
  }

  /** Handles the gaps that are due; returns the milliseconds until it should be called again. */
  async resolveDue(): Promise<number> {
    const dueInMs = this.#dueInMs();
    if (dueInMs > 0) return dueInMs;
    const nowMs = this.#store.clock.nowMs();
    this.#checkedAtMs = nowMs;
    const fenced = this.#window.gaps(nowMs - FENCE_AFTER_MS, MAX_AT_ONCE);
    const waiting = this.#window.gaps(nowMs - COMPLETE_AFTER_MS, MAX_AT_ONCE);
    await this.#resolve(fenced, true);
    const others = waiting.filter(number => !fenced.includes(number));
    await this.#resolve(others, false);
    return Math.max(0, this.#dueInMs());
  }

  #dueInMs(): number {
    const sinceMs = this.#window.waitingSinceMs;
    if (sinceMs === undefined) return Infinity;
    const dueMs = Math.max(sinceMs + COMPLETE_AFTER_MS, this.#checkedAtMs + RECHECK_EVERY_MS);
    return dueMs - this.#store.clock.nowMs();
  }

  async #resolve(numbers: readonly number[], fence: boolean): Promise<void> {
    if (numbers.length === 0) return;
    const window = this.#window;
    const above = window.highestArrived;
    const {outcomes, seq} = await repairGaps(this.#store, numbers, {fence, above});
    // The counter that was read may be newer than what the watch has delivered.
    window.mark(seq, this.#store.clock.nowMs());
    for (const [number, outcome] of outcomes) {
      if (outcome === 'pruned') window.add({number, id: undefined, event: undefined}, 0);
      else if (outcome === 'unused') window.unmark(number - 1);
      else if (outcome !== 'missing') window.add(outcome, this.#store.clock.nowMs());
    }
  }
}

import type {Stored} from './codec.ts';

/**
 * A watcher's reorder buffer: which numbers after its position are taken, since when, and what is stored
 * under them. Events may arrive in any order and leave in the order of their numbers.
 */
export class Window {
  #position: number;
  readonly #arrived = new Map<number, Stored>();
  /** Ascending in both fields: at `atMs`, all numbers up to `upTo` were known to be taken. */
  #marks: {readonly upTo: number; readonly atMs: number}[] = [];

  /** @param position the last number already delivered */
  constructor(position: number) {
    this.#position = position;
  }

  /** All numbers up to here were delivered or skipped. */
  get position(): number {
    return this.#position;
  }

  /** The highest number known to be taken. */
  get taken(): number {
    return this.#marks.at(-1)?.upTo ?? this.#position;
  }

  /** Adds what is stored under a number; ignored when the number is known already or was passed. */
  add(stored: Stored, nowMs: number): void {
    if (stored.number <= this.#position) return;
    // The first version wins: a shell writer may overwrite, but a watcher delivers a number only once.
    if (!this.#arrived.has(stored.number)) this.#arrived.set(stored.number, stored);
    this.mark(stored.number, nowMs);
  }

  /** Marks all numbers up to this one as taken. */
  mark(upTo: number, nowMs: number): void {
    if (upTo > this.taken) this.#marks.push({upTo, atMs: nowMs});
  }

  /** Removes marks after an old counter was restored: numbers above it without an object are not taken. */
  unmark(above: number): void {
    const highest = Math.max(above, ...this.#arrived.keys());
    const last = this.#marks.find(({upTo}) => upTo >= highest);
    this.#marks = this.#marks.filter(({upTo}) => upTo < highest);
    if (last && highest > this.#position) this.#marks.push({upTo: highest, atMs: last.atMs});
  }

  /** Moves the position forward: nothing below this number will be delivered. */
  skipTo(number: number): void {
    this.#position = Math.max(this.#position, number - 1);
    for (const known of this.#arrived.keys()) {
      if (known <= this.#position) this.#arrived.delete(known);
    }
  }

  /** Advances the position up to the first missing number, and yields the events it passes. */
  *drain(): Generator<string> {
    for (;;) {
      const stored = this.#arrived.get(this.#position + 1);
      if (!stored) break;
      this.#position += 1;
      this.#arrived.delete(this.#position);
      if (stored.event) yield stored.event.text;
    }
    this.#marks = this.#marks.filter(({upTo}) => upTo > this.#position);
  }

  /** The first `most` missing numbers that were taken at or before this time. */
  gaps(takenByMs: number, most: number): number[] {
    const last = this.#marks.findLast(({atMs}) => atMs <= takenByMs)?.upTo ?? 0;
    const gaps: number[] = [];
    for (let number = this.#position + 1; number <= last && gaps.length < most; number += 1) {
      if (!this.#arrived.has(number)) gaps.push(number);
    }
    return gaps;
  }

  /** When the next number was first known to be taken; undefined when it is not. */
  get waitingSinceMs(): number | undefined {
    return this.#marks.find(({upTo}) => upTo > this.#position)?.atMs;
  }

  /** The highest number whose object has arrived. */
  get highestArrived(): number {
    return Math.max(0, ...this.#arrived.keys());
  }
}

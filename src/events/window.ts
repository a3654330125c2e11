import type {Stored} from './codec.ts';

/**
 * What a watcher knows about the numbers after its position: which are taken, since when, and what is stored
 * under them. Puts events that arrive in any order into the order of their numbers.
 */
export class Window {
  #position: number;
  readonly #arrived = new Map<number, Stored>();
  /** Ascending both ways: at this time, all numbers up to this one were known to be taken. */
  #marks: {readonly upTo: number; readonly atMs: number}[] = [];

  /** @param position the last number that is done with */
  constructor(position: number) {
    this.#position = position;
  }

  /** All numbers up to here were given or skipped. */
  get position(): number {
    return this.#position;
  }

  /** The highest number known to be taken. */
  get taken(): number {
    return this.#marks.at(-1)?.upTo ?? this.#position;
  }

  /** Notes what is stored under a number; ignored when the number is known already, or was passed. */
  add(stored: Stored, nowMs: number): void {
    if (stored.number <= this.#position) return;
    // What was seen first stays: a shell writer may overwrite, but no watcher gives a number twice.
    if (!this.#arrived.has(stored.number)) this.#arrived.set(stored.number, stored);
    this.mark(stored.number, nowMs);
  }

  /** Notes that all numbers up to this one are taken. */
  mark(upTo: number, nowMs: number): void {
    if (upTo > this.taken) this.#marks.push({upTo, atMs: nowMs});
  }

  /** Undoes marks after an old counter was restored: numbers above it without an object are not taken. */
  forget(above: number): void {
    const highest = Math.max(above, ...this.#arrived.keys());
    const last = this.#marks.find(({upTo}) => upTo >= highest);
    this.#marks = this.#marks.filter(({upTo}) => upTo < highest);
    if (last && highest > this.#position) this.#marks.push({upTo: highest, atMs: last.atMs});
  }

  /** Nothing more comes below this number. */
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

  /** The missing numbers that were taken by then at the latest, the first so many of them. */
  holes(takenByMs: number, most: number): number[] {
    const last = this.#marks.findLast(({atMs}) => atMs <= takenByMs)?.upTo ?? 0;
    const holes: number[] = [];
    for (let number = this.#position + 1; number <= last && holes.length < most; number += 1) {
      if (!this.#arrived.has(number)) holes.push(number);
    }
    return holes;
  }

  /** Since when the next number is known to be taken; undefined when it is not. */
  get waitingSinceMs(): number | undefined {
    return this.#marks.find(({upTo}) => upTo > this.#position)?.atMs;
  }

  /** The highest number of which an object has arrived. */
  get highestArrived(): number {
    return Math.max(0, ...this.#arrived.keys());
  }
}

import {setImmediate as macrotask} from 'node:timers/promises';
import {randomOf} from '../../kit/random.ts';

/** One program of the simulation: it can die at any step, and then never goes on. */
export interface Program {
  readonly name: string;
  /** It dies at its n-th step from now; Infinity: never. */
  stepsToLive: number;
  /** Virtual time at which its operation is over. */
  endsAtMs: number;
}

interface Task {
  readonly atMs: number;
  readonly program: Program;
  readonly wake: () => void;
  isCancelled: boolean;
}

/** Virtual time and all chance of one round: the same seed gives the same round. */
export class Scheduler {
  nowMs = 0;
  steps = 0;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly #tasks: Task[] = [];

  constructor(seed: number) {
    this.random = randomOf(seed * 2_654_435_761);
  }

  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** The program's next step comes after so many virtual milliseconds, if it lives. */
  pause(program: Program, ms: number, signal?: AbortSignal): Promise<void> {
    program.stepsToLive -= 1;
    return new Promise((resolve, reject) => {
      if (program.stepsToLive < 0) return;
      const task = {atMs: this.nowMs + ms, program, wake: resolve, isCancelled: false};
      signal?.addEventListener('abort', () => {
        task.isCancelled = true;
        reject(signal.reason);
      });
      this.#insert(task);
    });
  }

  /** Runs step by step until the time is reached, or, with none given, until nothing is left. */
  async run(untilMs = Infinity): Promise<void> {
    await macrotask();
    for (;;) {
      const task = this.#tasks.at(-1);
      if (!task || task.atMs > untilMs) break;
      this.#tasks.pop();
      if (task.isCancelled || task.program.stepsToLive < 0) continue;
      this.nowMs = task.atMs;
      this.steps += 1;
      task.wake();
      await macrotask();
    }
    if (untilMs !== Infinity) this.nowMs = untilMs;
  }

  /** Latest first, so that the next one is popped. */
  #insert(task: Task): void {
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#tasks[middle]?.atMs ?? 0) > task.atMs) low = middle + 1;
      else high = middle;
    }
    this.#tasks.splice(low, 0, task);
  }
}

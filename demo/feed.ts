import {DeadlineError} from '../src/errors.ts';

/** How long the demo waits for any result; gc's time limit for an operation. */
const PATIENCE_MS = 30_000;

/** Holds the latest value of something that changes, and lets callers wait for a condition. */
export class Feed<T> {
  readonly #what: string;
  readonly #waiters = new Set<() => void>();
  #now: T;
  #failure: Error | undefined;

  constructor(what: string, first: T) {
    this.#what = what;
    this.#now = first;
  }

  get now(): T {
    return this.#now;
  }

  push(next: T): void {
    this.#now = next;
    this.#wake();
  }

  /** Ends the feed; current and later waiters fail with this error. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  /**
   * Resolves to the first value, starting with the current one, that satisfies the condition. Raises the
   * signal's reason, the error given to `fail`, or a DeadlineError that names `wanted`.
   */
  async until(wanted: string, satisfies: (now: T) => boolean, signal: AbortSignal): Promise<T> {
    const endsAtMs = performance.now() + PATIENCE_MS;
    for (;;) {
      signal.throwIfAborted();
      if (satisfies(this.#now)) return this.#now;
      if (this.#failure !== undefined) throw this.#failure;
      const leftMs = endsAtMs - performance.now();
      if (leftMs <= 0) {
        throw new DeadlineError(`${this.#what}: ${wanted}: not within ${PATIENCE_MS / 1000} s`);
      }
      await this.#change(leftMs, signal);
    }
  }

  #change(limitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      signal.addEventListener('abort', done, {once: true});
      this.#waiters.add(done);
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}

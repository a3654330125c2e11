import {nowMs} from './now.ts';
import {DeadlineError} from '../errors.ts';

/**
 * A time limit with an AbortSignal. The signal aborts when the time is up, with a DeadlineError as its
 * reason, or when the parent signal does, with the parent's reason. Call `clear` when it is no longer needed.
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #budgetMs: number;
  #endsAtMs: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #leaveParent: () => void = () => undefined;

  /** @param budgetMs the time limit in milliseconds from `sinceMs` (see `nowMs`), now by default; Infinity for none */
  constructor(budgetMs: number, options: {parent?: AbortSignal; sinceMs?: number} = {}) {
    const {parent, sinceMs = nowMs()} = options;
    this.signal = this.#controller.signal;
    this.#budgetMs = budgetMs;
    this.#endsAtMs = sinceMs + budgetMs;
    this.#timer = Number.isFinite(budgetMs) ? this.#startTimer(budgetMs) : undefined;
    if (!parent) return;
    if (parent.aborted) this.#controller.abort(parent.reason);
    const onAbort = () => this.#controller.abort(parent.reason);
    parent.addEventListener('abort', onAbort, {once: true});
    this.#leaveParent = () => parent.removeEventListener('abort', onAbort);
  }

  #startTimer(budgetMs: number): NodeJS.Timeout {
    const expire = () => {
      this.#controller.abort(new DeadlineError(`not done after ${Math.round(budgetMs / 1000)} s`));
    };
    return setTimeout(expire, Math.max(0, this.remainingMs())).unref();
  }

  remainingMs(): number {
    return this.#endsAtMs - nowMs();
  }

  /** Raises the signal's reason when the time is up or the parent was aborted. */
  throwIfOver(): void {
    this.signal.throwIfAborted();
  }

  /** Starts the whole time again from now, for instance because part of an answer has arrived. */
  restart(): void {
    this.#endsAtMs = nowMs() + this.#budgetMs;
    this.#timer?.refresh();
  }

  /** Removes the time limit; the parent can still abort the signal. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  /** Releases the timer and the listener on the parent, which may live much longer. */
  clear(): void {
    this.#leaveParent();
    clearTimeout(this.#timer);
  }
}

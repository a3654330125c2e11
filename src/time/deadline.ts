import {nowMs} from './now.ts';
import {DeadlineError} from '../errors.ts';

/** What is left for the last try of a deadline with `toTheEnd`. */
const LAST_TRY_MS = 2_000;

export interface DeadlineOptions {
  readonly parent?: AbortSignal;
  /** Since when it counts, in milliseconds (see `nowMs`); now by default. */
  readonly sinceMs?: number;
  /** True when giving up does harm: a server that asks for more time than there is gets a last try. */
  readonly toTheEnd?: boolean | undefined;
}

/**
 * A time limit with an AbortSignal. The signal aborts when the time is up, with a DeadlineError as its
 * reason, or when the parent signal does, with the parent's reason. Call `clear` when it is no longer needed.
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #budgetMs: number;
  readonly #toTheEnd: boolean;
  #endsAtMs: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #leaveParent: () => void = () => undefined;

  /** @param budgetMs the time limit in milliseconds from `sinceMs`; Infinity for none */
  constructor(budgetMs: number, options: DeadlineOptions = {}) {
    const {parent, sinceMs = nowMs(), toTheEnd = false} = options;
    this.#toTheEnd = toTheEnd;
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

  /** How long to wait for another try, in milliseconds, when that should be `askedMs`; undefined: there is no time for it. */
  pauseMs(askedMs: number): number | undefined {
    const remainingMs = this.remainingMs();
    if (askedMs < remainingMs) return askedMs;
    const lastMs = remainingMs - LAST_TRY_MS;
    return this.#toTheEnd && lastMs > 0 ? lastMs : undefined;
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

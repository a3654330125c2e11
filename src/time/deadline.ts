import {nowMs} from './now.ts';
import {DeadlineError} from '../errors.ts';

/**
 * How long an operation may take, and the one signal that ends it: when the time is up (reason: a
 * DeadlineError) or when it is cancelled from outside (reason: whatever the parent was aborted with).
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #budgetMs: number;
  #endsAtMs: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #leaveParent: () => void = () => undefined;

  /** @param budgetMs milliseconds from `sinceMs` on; Infinity for operations without a budget */
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

  /** Raises the DeadlineError or the reason of the cancellation. */
  throwIfOver(): void {
    this.signal.throwIfAborted();
  }

  /** Gives the whole time again, from now on: what was waited for is on its way. */
  restart(): void {
    this.#endsAtMs = nowMs() + this.#budgetMs;
    this.#timer?.refresh();
  }

  /** Takes the time limit away; the parent still ends it. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  /** Lets go of the timer and of the parent, which may live for much longer. */
  clear(): void {
    this.#leaveParent();
    clearTimeout(this.#timer);
  }
}

import type {KubeError} from '../errors.ts';
import {nowMs} from '../time/now.ts';

/** The user is told when there is no answer after this long. */
const WARN_AFTER_MS = 2_000;

/** A server that cannot be connected to for this long counts as down. */
const GIVEN_UP_AFTER_S = 5;

/**
 * Waits for a server's first answer, for a call that a person waits for. After that answer, a server that
 * becomes unreachable is retried for as long as the call may take.
 */
export class FirstAnswer {
  readonly #warn: (message: string) => void;
  #sinceMs: number | undefined;
  #isThere = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** Call before each request. */
  await(server: string): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = nowMs();
    const message = `no answer from ${server} yet; still waiting, Ctrl-C ends this`;
    this.#timer = setTimeout(() => this.#warn(message), WARN_AFTER_MS).unref();
  }

  arrived(): void {
    this.#isThere = true;
    clearTimeout(this.#timer);
  }

  /** How long it was tried, as words, when this failure should not be retried; else undefined. */
  givenUpAfter({failure, outcomeUnknown}: KubeError): string | undefined {
    if (this.#isThere || failure !== 'unreachable' || outcomeUnknown) return undefined;
    const isOver = nowMs() - (this.#sinceMs ?? Infinity) >= GIVEN_UP_AFTER_S * 1000;
    return isOver ? `in ${GIVEN_UP_AFTER_S} s` : undefined;
  }
}

import {anySignal} from '../time/any-signal.ts';
import type {Deadline} from '../time/deadline.ts';
import {nowMs} from '../time/now.ts';
import {sleep} from '../time/sleep.ts';

/** Time and randomness for the event log; the model test replaces them. */
export interface Clock {
  /** Monotonic milliseconds, for waiting. */
  nowMs(): number;
  /** Milliseconds since 1970, for the `ts` of events. */
  wallMs(): number;
  /** Rejects when the deadline passes or the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
  /** A unique id of lower-case letters and digits. */
  newId(): string;
}

/** The system clock; its `sleep` rejects at this deadline. */
export function clockOf(deadline: Deadline): Clock {
  return {
    nowMs,
    wallMs: () => Date.now(),
    sleep: async (ms, signal) => {
      const over = anySignal(deadline.signal, ...(signal ? [signal] : []));
      try {
        await sleep(ms, over.signal);
      } finally {
        over.release();
      }
    },
    random: () => Math.random(),
    newId: () => Buffer.from(crypto.getRandomValues(new Uint8Array(10))).toString('hex'),
  };
}

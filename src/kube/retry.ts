import type {Deadline} from '../time/deadline.ts';
import {backoffMs, sleep} from '../time/sleep.ts';
import {DeadlineError, KubeError} from '../errors.ts';
import {log} from '../log.ts';
import {isTransient} from './failure.ts';

/**
 * Repeats `attempt` over transient failures, waiting with jitter or as long as the server asked
 * (Retry-After), until the deadline; then raises the last failure, which names the cause, rather
 * than "time is up". A write is repeated only while it surely had no effect.
 */
export async function retrying<T>(
  deadline: Deadline,
  repeatable: 'always' | 'withoutEffect',
  attempt: () => Promise<T>,
): Promise<T> {
  let last: KubeError | undefined;
  for (let count = 0; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      // The time was up while this attempt was under way: the one before has more to tell.
      if (last && repeatable === 'always' && deadline.signal.reason instanceof DeadlineError)
        throw tooLate(last, count);
      const again = isTransient(error) && (repeatable === 'always' || !error.outcomeUnknown);
      if (!again || deadline.signal.aborted) throw error;
      last = error;
      const waitMs = Math.max((error.retryAfterSeconds ?? 0) * 1000, backoffMs(count));
      log.warn('request.retry', {
        error: error.message,
        attempt: count + 1,
        waitMs: Math.round(waitMs),
      });
      if (waitMs >= deadline.remainingMs()) throw tooLate(error, count + 1);
      try {
        await sleep(waitMs, deadline.signal);
      } catch (over) {
        throw over instanceof DeadlineError ? tooLate(error, count + 1) : over;
      }
    }
  }
}

function tooLate(error: KubeError, tries: number): KubeError {
  return new KubeError(`${error.message} (tried ${tries} times until the time was up)`, error);
}

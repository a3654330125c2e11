import type {Deadline} from '../time/deadline.ts';
import {backoffMs, sleep} from '../time/sleep.ts';
import {DeadlineError, KubeError} from '../errors.ts';
import {log} from '../log.ts';
import {isTransient} from './failure.ts';

/**
 * Repeats `attempt` after transient failures until the deadline, with exponential backoff and jitter, or
 * after as long as the server asked (Retry-After). When the time is up it raises the last failure, which
 * names the cause, rather than a DeadlineError. `withoutEffect` is for writes: they are repeated only
 * after failures that surely had no effect. `givenUpAfter` returns how long it was
 * tried when a failure should not be retried.
 */
export async function retrying<T>(
  deadline: Deadline,
  repeatable: 'always' | 'withoutEffect',
  attempt: () => Promise<T>,
  givenUpAfter: (error: KubeError) => string | undefined = () => undefined,
): Promise<T> {
  let last: KubeError | undefined;
  for (let count = 0; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      // The time was up during this attempt: the failure before it says more.
      if (last && repeatable === 'always' && deadline.signal.reason instanceof DeadlineError)
        throw tooLate(last, count);
      const again = isTransient(error) && (repeatable === 'always' || !error.outcomeUnknown);
      if (!again || deadline.signal.aborted) throw error;
      last = error;
      const tried = givenUpAfter(error);
      if (tried !== undefined) throw tooLate(error, count + 1, tried);
      const askedMs = Math.max((error.retryAfterSeconds ?? 0) * 1000, backoffMs(count));
      const waitMs = deadline.pauseMs(askedMs);
      log.warn('request.retry', {
        error: error.message,
        attempt: count + 1,
        waitMs: Math.round(waitMs ?? askedMs),
      });
      if (waitMs === undefined) throw tooLate(error, count + 1);
      try {
        await sleep(waitMs, deadline.signal);
      } catch (over) {
        throw over instanceof DeadlineError ? tooLate(error, count + 1) : over;
      }
    }
  }
}

function tooLate(error: KubeError, tries: number, until = 'until the time was up'): KubeError {
  const often = tries === 1 ? 'once' : `${tries} times`;
  return new KubeError(`${error.message} (tried ${often} ${until})`, error);
}

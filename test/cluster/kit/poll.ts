import {setTimeout as sleep} from 'node:timers/promises';

type Answer<T> = T | undefined | false;

/** Notes what was seen, for the error, and gives it back. */
export type Saw = <Seen>(seen: Seen) => Seen;

/**
 * Asks again and again until the answer is something (neither undefined nor false), and gives it.
 * Raises with `what`, and with what `ask` told `saw` last, when that takes too long.
 */
export async function until<T>(
  what: string,
  ask: (saw: Saw) => Promise<Answer<T>> | Answer<T>,
  {timeoutMs = 90_000, everyMs = 200}: {timeoutMs?: number; everyMs?: number} = {},
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  let last = '';
  const saw: Saw = seen => {
    last = `; last seen: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`;
    return seen;
  };
  for (;;) {
    const answer = await ask(saw);
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}${last}`);
    await sleep(everyMs);
  }
}

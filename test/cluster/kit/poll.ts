import {setTimeout as sleep} from 'node:timers/promises';

/**
 * Asks again and again until the answer is something (neither undefined nor false), and gives it.
 * Raises with `what` and the last answer when that takes too long.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  {timeoutMs = 30_000, everyMs = 200}: {timeoutMs?: number; everyMs?: number} = {},
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(everyMs);
  }
}

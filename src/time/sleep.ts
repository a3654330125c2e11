/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, {once: true});
  });
}

/**
 * Full jitter (AWS architecture blog, "Exponential Backoff And Jitter"): a random wait between
 * `floorMs` and an exponentially growing, capped ceiling. `attempt` counts from 0.
 */
export function backoffMs(attempt: number, floorMs = 5, firstMs = 50, capMs = 1000): number {
  const ceilingMs = Math.min(capMs, firstMs * 2 ** Math.min(attempt, 20));
  return floorMs + Math.random() * Math.max(0, ceilingMs - floorMs);
}

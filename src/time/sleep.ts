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
 * How long to wait before another try, in milliseconds: exponential backoff with full jitter (AWS
 * architecture blog, "Exponential Backoff And Jitter"), a random time between `floorMs` and a ceiling that
 * doubles with each `attempt`, counted from 0, up to `capMs`.
 */
export function backoffMs(attempt: number, floorMs = 5, firstMs = 50, capMs = 1000): number {
  const ceilingMs = Math.min(capMs, firstMs * 2 ** Math.min(attempt, 20));
  return floorMs + Math.random() * Math.max(0, ceilingMs - floorMs);
}

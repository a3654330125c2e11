import {InterruptedError} from '../src/errors.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** One Ctrl-C can arrive twice: from the terminal, and forwarded by npm. */
const SAME_WITHIN_MS = 1_000;

/**
 * Aborts on the first signal, or when the reader of stdout goes away, so that everything can be cleaned
 * up; `onAgain` is called for a later signal.
 */
export function interruption(onAgain: () => void): AbortSignal {
  const controller = new AbortController();
  let sinceMs = 0;
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        sinceMs = performance.now();
        controller.abort(new InterruptedError(name));
      } else if (performance.now() - sinceMs > SAME_WITHIN_MS) onAgain();
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => controller.abort(new InterruptedError('SIGPIPE', 'nobody reads on')));
  }
  return controller.signal;
}

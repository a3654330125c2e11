import {InterruptedError} from '../src/errors.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** One Ctrl-C can arrive twice: from the terminal, and again from npm, which hands it on. */
const SAME_WITHIN_MS = 1_000;

/**
 * Turns the first signal, or a reader of stdout that went away, into an abort, so that everything
 * can be cleaned up; `onAgain` is called for a signal that comes later than that.
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

import {InterruptedError} from '../errors.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** gc kills the process group 2 s after its SIGINT; what is not undone by then the cluster ends itself. */
const UNDO_LIMIT_MS = 1_700;

/**
 * Turns the first signal into an abort, so that the operation can undo what it did and say why;
 * when that takes too long, `onTooLate` is called.
 */
export function cancelOnSignals(onTooLate: (error: InterruptedError) => void): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller.signal.aborted) return;
      const error = new InterruptedError(name);
      controller.abort(error);
      setTimeout(() => onTooLate(error), UNDO_LIMIT_MS).unref();
    });
  }
  return controller.signal;
}

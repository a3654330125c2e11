import {InterruptedError} from '../errors.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** gc kills the process group 2 s after its SIGINT; what is not undone by then the cluster ends itself. */
const UNDO_LIMIT_MS = 1_700;

/**
 * Turns the first signal, and an exception that nobody caught, into an abort, so that the operation can
 * undo what it did and say why; when that takes too long, `onTooLate` is called.
 */
export function cancelOnSignals(onTooLate: (error: Error) => void): AbortSignal {
  const controller = new AbortController();
  const cancel = (error: Error): NodeJS.Timeout | undefined => {
    if (controller.signal.aborted) return undefined;
    controller.abort(error);
    return setTimeout(() => onTooLate(error), UNDO_LIMIT_MS);
  };
  for (const name of SIGNALS) process.on(name, () => cancel(new InterruptedError(name))?.unref());
  // What threw may have been all that the operation waited for: then this timer ends it.
  process.on('uncaughtException', cancel);
  return controller.signal;
}

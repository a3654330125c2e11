import {InterruptedError} from '../errors.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** gc kills the process group 2 s after its SIGINT; what is not undone by then the cluster ends itself. */
const UNDO_LIMIT_MS = 1_700;

/**
 * Aborts at the first signal, or exception that nobody caught, so that the operation can undo what it
 * did and say why. Calls `onTooLate` when that takes too long; its timer also keeps the process alive
 * until then, for an exception may have been all that the operation waited for.
 */
export function cancelOnSignals(onTooLate: (error: Error) => void): AbortSignal {
  const controller = new AbortController();
  const cancel = (error: Error) => {
    if (controller.signal.aborted) return;
    controller.abort(error);
    setTimeout(() => onTooLate(error), UNDO_LIMIT_MS);
  };
  for (const name of SIGNALS) process.on(name, () => cancel(new InterruptedError(name)));
  process.on('uncaughtException', cancel);
  return controller.signal;
}

import {InterruptedError, KubeError} from '../errors.ts';

/** Exit codes a shell gives for a process that a signal ended. */
const SIGNAL_EXIT: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};

/** What gc is told of a failure: one line on stderr and an exit code, which is never 2 ("unknown operation"). */
export function describeFailure(
  error: unknown,
  operation: {name: string; failureExitCode?: number | undefined},
): {line: string; exitCode: number} {
  const exitCode =
    error instanceof InterruptedError
      ? (SIGNAL_EXIT[error.signal] ?? 130)
      : (operation.failureExitCode ?? 1);
  return {line: `${operation.name}: ${oneLine(messageOf(error))}`, exitCode};
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `internal error: ${String(error)}`;
  if ('code' in error && isOurs(error)) return error.message;
  return `internal error (a bug in gc-k8s, please report it): ${error.message}`;
}

/** Named failures, and what Node's file system and sockets say, carry a message for the user. */
function isOurs(error: Error & {code?: unknown}): boolean {
  return error instanceof KubeError || typeof error.code === 'string';
}

function oneLine(message: string): string {
  return message
    .trim()
    .split(/\s*\n\s*/)
    .join('; ');
}

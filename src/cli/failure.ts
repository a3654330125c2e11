import {
  InterruptedError,
  KubeError,
  SessionAbsentError,
  SessionExistsError,
  SettingsError,
  UsageError,
  withoutExists,
} from '../errors.ts';
import {visible} from './visible.ts';

/** Exit codes a shell gives for a process that a signal ended. */
const SIGNAL_EXIT: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};

/** The line on stderr and the exit code for a failure. Never 2: to gc that means "unknown operation". */
export function describeFailure(
  error: unknown,
  operation: {name: string; failureExitCode?: number | undefined},
): {line: string; exitCode: number} {
  const line = oneLine(`${operation.name}: ${messageOf(error)}`);
  return {
    line: error instanceof SessionExistsError ? line : withoutExists(line),
    exitCode: exitCodeOf(error, operation.failureExitCode ?? 1),
  };
}

function exitCodeOf(error: unknown, otherwise: number): number {
  if (error instanceof InterruptedError) return SIGNAL_EXIT[error.signal] ?? 130;
  const isRefusal = [UsageError, SettingsError, SessionAbsentError].some(
    kind => error instanceof kind,
  );
  return isRefusal ? 1 : otherwise;
}

/** The line on stderr for a warning. */
export function describeWarning(text: string): string {
  return withoutExists(oneLine(`warning: ${text}`));
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `internal error: ${String(error)}`;
  if ('code' in error && isOurs(error)) return error.message;
  return `internal error (a bug in gc-k8s, please report it): ${error.message}`;
}

/** True for our named errors, and those of Node's file system and sockets: their messages are for the user. */
function isOurs(error: Error & {code?: unknown}): boolean {
  return error instanceof KubeError || typeof error.code === 'string';
}

function oneLine(message: string): string {
  return message
    .trim()
    .split(/\s*[\r\n]+\s*/)
    .map(visible)
    .join('; ');
}

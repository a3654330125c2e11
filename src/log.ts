import {setting} from './config/settings.ts';

/** What happened, as one word a program can search for, and what it happened to. */
type Write = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** JSON lines on stderr or in a file, never on stdout: that is the protocol's. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Adds fields to every line from now on. */
  readonly about: (fields: Readonly<Record<string, unknown>>) => void;
}

let current: Log | undefined;

/** The process's log; silent until `openLog` found that one is asked for. */
export const log: Log = {
  debug: (event, fields) => current?.debug(event, fields),
  info: (event, fields) => current?.info(event, fields),
  warn: (event, fields) => current?.warn(event, fields),
  error: (event, fields) => current?.error(event, fields),
  about: fields => current?.about(fields),
};

/**
 * Opens the log that GC_K8S_LOG_LEVEL and GC_K8S_LOG_FILE ask for, every line with these fields.
 * Without a level nothing of it is even loaded. Raises a SettingsError for a wrong level.
 */
export async function openLog(
  env: NodeJS.ProcessEnv,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const level = setting(env, 'logLevel');
  if (level === 'silent') return;
  const {jsonLog} = await import('./json-log.ts');
  current = jsonLog({level, file: setting(env, 'logFile'), fields, env});
}

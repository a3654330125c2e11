import {setting} from './config/settings.ts';
import type {Log} from './json-log.ts';

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

import {asIs, count, dnsLabel, duration, oneOf} from './values.ts';

/** One variable of our process's environment; the table in docs/settings.md is made from these. */
export interface Setting<T> {
  readonly variable: string;
  /** What an unset or empty variable means, as the variable's own text. */
  readonly fallback?: string;
  readonly meaning: string;
  /** Raises a SettingsError when the text is no value of this setting. */
  readonly parse: (text: string, variable: string) => T;
}

/**
 * The settings that most calls need, and those of the event log. An empty value counts as unset, as
 * the shell defaults of Gas City's guide do.
 */
export const SETTINGS = {
  namespace: {
    variable: 'GC_K8S_NAMESPACE',
    fallback: 'gc',
    meaning: 'namespace of all objects',
    parse: dnsLabel,
  },
  context: {
    variable: 'GC_K8S_CONTEXT',
    meaning:
      "kubeconfig context; unset: the kubeconfig's current context, or in a pod the service account",
    parse: asIs,
  },
  tlsSessions: {
    variable: 'GC_K8S_TLS_SESSIONS',
    fallback: 'keep',
    meaning:
      "`keep` or `forget`: whether TLS sessions with the API server are kept with mode 0600 in the user's cache, so that each call needs only half a handshake",
    parse: oneOf('keep', 'forget'),
  },
  eventsKeep: {
    variable: 'GC_K8S_EVENTS_KEEP',
    fallback: '20000',
    meaning: 'number of newest events that `gc-events-prune` keeps; 0: no limit',
    parse: count,
  },
  eventsMaxAge: {
    variable: 'GC_K8S_EVENTS_MAX_AGE',
    fallback: '7d',
    meaning:
      '`gc-events-prune` deletes events older than this (`30m`, `24h`, `7d`); 0: no age limit',
    parse: duration,
  },
  logLevel: {
    variable: 'GC_K8S_LOG_LEVEL',
    fallback: 'silent',
    meaning: '`debug`, `info`, `warn`, `error` or `silent`: JSON lines on stderr',
    parse: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
  logFile: {
    variable: 'GC_K8S_LOG_FILE',
    meaning: 'file that log lines are appended to, instead of stderr',
    parse: asIs,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

/** The value of a setting in this environment. Raises a SettingsError that names the variable and its value. */
export function setting<N extends SettingName>(
  env: NodeJS.ProcessEnv,
  name: N,
): SettingValue<(typeof SETTINGS)[N]> {
  return readSetting(env, SETTINGS[name]);
}

/** The type of a setting's value; undefined is possible where the setting has no fallback. */
export type SettingValue<R extends Setting<unknown>> =
  ReturnType<R['parse']> | (R extends {readonly fallback: string} ? never : undefined);

/** The value of any row; raises a SettingsError that names the variable and its value. */
export function readSetting<R extends Setting<unknown>>(
  env: NodeJS.ProcessEnv,
  row: R,
): SettingValue<R> {
  const text = textOf(env, row);
  return (text === undefined ? undefined : row.parse(text, row.variable)) as SettingValue<R>;
}

/** What the variable says, else its default. */
export function textOf(
  env: NodeJS.ProcessEnv,
  {variable, fallback}: Setting<unknown>,
): string | undefined {
  const given = env[variable];
  return given === undefined || given === '' ? fallback : given;
}

import {SettingsError} from '../errors.ts';
import {quantity} from './quantity.ts';
import {readSetting, type Setting, type SettingValue} from './settings.ts';
import {yesOrNo} from './pod-values.ts';
import {bad, count, duration, oneOf} from './values.ts';

/** What happens to a run's pod after its end: `keep-failed` keeps those that did not succeed. */
export type Retention = 'delete' | 'keep-failed' | 'keep';

/**
 * The settings of a run's life. Apart from the others because most calls of the executables that gc
 * calls need none of them.
 */
export const RUN_SETTINGS = {
  timeout: {
    variable: 'GC_K8S_TIMEOUT',
    meaning:
      'time limit of an agent, in seconds or as `90m`, enforced in the pod; unset: 600 for one-shot runs, none for others; 0: none',
    parse: seconds,
  },
  stopGrace: {
    variable: 'GC_K8S_STOP_GRACE',
    fallback: '30',
    meaning:
      'seconds between SIGINT and SIGKILL for an agent that reaches its time limit or is cancelled',
    parse: seconds,
  },
  outputLimit: {
    variable: 'GC_K8S_OUTPUT_LIMIT',
    fallback: '32Mi',
    meaning: 'size limit of the log of an agent’s output in its pod; the oldest output is dropped',
    parse: quantity,
  },
  retention: {
    variable: 'GC_K8S_RETENTION',
    fallback: 'delete',
    meaning:
      'which ended pods are kept: `delete`, `keep-failed` or `keep`. Kept pods and all one-shot runs also get a result record',
    parse: oneOf('delete', 'keep-failed', 'keep'),
  },
  retentionAge: {
    variable: 'GC_K8S_RETENTION_AGE',
    fallback: '7d',
    meaning: '`gc-k8s prune` deletes kept pods and records older than this; 0: no age limit',
    parse: duration,
  },
  retentionCount: {
    variable: 'GC_K8S_RETENTION_COUNT',
    fallback: '500',
    meaning: 'maximum number of kept pods, and of records; 0: no limit',
    parse: count,
  },
  artifactsKeep: {
    variable: 'GC_K8S_ARTIFACTS_KEEP',
    fallback: '15m',
    meaning:
      'how long the artifacts of an ended run with a record can be fetched; 0: only while it runs',
    parse: duration,
  },
  resultEvents: {
    variable: 'GC_K8S_RESULT_EVENTS',
    fallback: 'false',
    meaning: 'record ended runs in the event log as `session.finished`',
    parse: yesOrNo,
  },
} as const satisfies Record<string, Setting<unknown>>;

/** All of them, each checked; `timeout` in seconds, ages in milliseconds. */
export type RunSettings = {
  readonly [N in keyof typeof RUN_SETTINGS]: SettingValue<(typeof RUN_SETTINGS)[N]>;
};

/** Reads and checks all of them; raises a SettingsError that names the variable and its value. */
export function runSettings(env: NodeJS.ProcessEnv): RunSettings {
  const entries = Object.entries(RUN_SETTINGS).map(([name, row]) => [name, readSetting(env, row)]);
  const settings = Object.fromEntries(entries) as RunSettings;
  if (settings.outputLimit.value < LEAST_OUTPUT) {
    throw new SettingsError(
      `${RUN_SETTINGS.outputLimit.variable}=${settings.outputLimit.text} is too little; 4Mi is the least`,
    );
  }
  return settings;
}

const LEAST_OUTPUT = 4 * 2 ** 20;

/** `90`, `90s`, `15m`, `2h`: in seconds. */
function seconds(text: string, variable: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (/^\d{1,6}[smhd]$/.test(text)) return duration(text, variable) / 1000;
  throw bad(variable, text, 'a number of seconds, or a number with s, m, h or d after it');
}

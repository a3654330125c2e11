import {text, type Reply} from '../cli/operation.ts';
import {CONFIG_FILE} from '../config/config-file-setting.ts';
import {EVERY_SETTING} from '../config/every-setting.ts';
import {readConfigFile, type FileEntry} from '../config/read-config-file.ts';
import {POD_SETTINGS} from '../config/pod-settings.ts';
import {SETTINGS, textOf, type Setting} from '../config/settings.ts';
import {SettingsError, UsageError} from '../errors.ts';
import type {PeopleCall} from './command.ts';
import {CONNECTION_FLAGS} from './connection-flags.ts';
import {asJsonOrYaml} from './format.ts';
import {maskedDeep} from './mask.ts';
import {paintOf} from './paint.ts';
import {table} from './table.ts';
import {warnOfUnknownSettings} from './unknown-settings.ts';

/** One setting with its effective value. */
interface ResolvedSetting {
  readonly variable: string;
  /** Undefined when it is unset and has no default. */
  readonly value: string | undefined;
  readonly source: 'flag' | 'environment' | 'file' | 'default' | 'unset';
  /** `path:line` for a value from the file. */
  readonly place?: string;
  readonly meaning: string;
  /** Why the value is invalid. */
  readonly problem?: string;
}

export async function run(call: PeopleCall): Promise<Reply> {
  warnOfUnknownSettings(call);
  const settings = wanted(call.args, everySetting(call, await inFile(call)));
  const problems = settings.flatMap(({problem}) => problem ?? []);
  const printed =
    (await asJsonOrYaml({version: 1, settings}, call.options)) ?? asTable(call, settings);
  if (problems.length === 0) return text(printed);
  await call.print(printed);
  throw new SettingsError(problems.join('; '));
}

/** The entries of the GC_K8S_CONFIG file, by variable. */
async function inFile({env}: PeopleCall): Promise<ReadonlyMap<string, FileEntry>> {
  const path = textOf(env, CONFIG_FILE);
  if (path === undefined) return new Map();
  const entries = await readConfigFile(path);
  return new Map(entries.map(entry => [entry.variable, entry]));
}

function wanted(
  variables: readonly string[],
  all: readonly ResolvedSetting[],
): readonly ResolvedSetting[] {
  if (variables.length === 0) return all;
  return variables.map(name => {
    const row = all.find(({variable}) => variable === name);
    if (row !== undefined) return row;
    throw new UsageError(`there is no setting ${name}; \`config\` without a name lists them all`);
  });
}

function everySetting(call: PeopleCall, file: ReadonlyMap<string, FileEntry>): ResolvedSetting[] {
  const rows = Object.values(EVERY_SETTING).map(row =>
    resolve(call, withDefault(call, row), file.get(row.variable)),
  );
  const {KUBECONFIG: kubeconfig} = call.env;
  return [
    ...rows,
    {
      variable: 'KUBECONFIG',
      value: kubeconfig,
      source: sourceOf(call, 'KUBECONFIG', '~/.kube/config'),
      meaning: 'kubeconfig files; unset: ~/.kube/config, in a pod the service account',
    },
  ];
}

/** Fills in the default that depends on another setting. */
function withDefault({env}: PeopleCall, row: Setting<unknown>): Setting<unknown> {
  if (row.variable !== POD_SETTINGS.doltHost.variable) return row;
  return {...row, fallback: `dolt.${textOf(env, SETTINGS.namespace) ?? ''}.svc.cluster.local`};
}

function resolve(
  call: PeopleCall,
  row: Setting<unknown>,
  entry: FileEntry | undefined,
): ResolvedSetting {
  const {variable, meaning, parse} = row;
  const isFromFile = entry !== undefined && (call.env[variable] ?? '') === '';
  const value = isFromFile ? entry.text : textOf(call.env, row);
  const base = isFromFile
    ? {variable, source: 'file' as const, place: entry.place, meaning}
    : {variable, source: sourceOf(call, variable, row.fallback), meaning};
  try {
    if (value !== undefined) parse(value, variable);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const problem = (isFromFile ? entry.problem : undefined)?.message ?? error.message;
    return {...base, value: shown(variable, value), problem: shown(variable, problem) ?? ''};
  }
  return {...base, value: shown(variable, value)};
}

function sourceOf(
  {env, options}: PeopleCall,
  variable: string,
  fallback: string | undefined,
): ResolvedSetting['source'] {
  const flag = CONNECTION_FLAGS.find(row => row[1] === variable)?.[0];
  if (flag !== undefined && options[flag] !== undefined) return 'flag';
  if ((env[variable] ?? '') !== '') return 'environment';
  return fallback === undefined ? 'unset' : 'default';
}

function shown(variable: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : maskedDeep(variable, value);
}

/** Shortens long JSON values, so that the columns after them stay visible. */
function short(value: string): string {
  return value.length <= MAX_VALUE_WIDTH ? value : `${value.slice(0, MAX_VALUE_WIDTH - 1)}…`;
}

const MAX_VALUE_WIDTH = 60;

function asTable(call: PeopleCall, all: readonly ResolvedSetting[]): string {
  const paint = paintOf(call);
  const rows = all.map(({variable, value, source, place, problem}) => [
    variable,
    problem === undefined ? short(value ?? '-') : {text: short(value ?? ''), paint: paint.red},
    problem === undefined
      ? {text: place ?? source, paint: paint.dim}
      : {text: `${place ?? source}: not valid`, paint: paint.red},
  ]);
  return table(['SETTING', 'VALUE', 'SOURCE'], rows);
}

import {text, type Reply} from '../cli/operation.ts';
import {EVERY_SETTING} from '../config/every-setting.ts';
import type {Setting} from '../config/settings.ts';
import {SettingsError, UsageError} from '../errors.ts';
import type {PeopleCall} from './command.ts';
import {CONNECTION_FLAGS} from './connection-flags.ts';
import {forPrograms} from './format.ts';
import {maskedDeep} from './mask.ts';
import {paintOf} from './paint.ts';
import {table} from './table.ts';

/** One setting as it holds for this call. */
interface Held {
  readonly variable: string;
  /** As text; undefined when it is unset and has no default. */
  readonly value: string | undefined;
  readonly source: 'flag' | 'environment' | 'default' | 'unset';
  readonly meaning: string;
  /** Why the value is none. */
  readonly problem?: string;
}

export async function run(call: PeopleCall): Promise<Reply> {
  const held = wanted(call.args, everySetting(call));
  const problems = held.flatMap(({problem}) => problem ?? []);
  const printed =
    (await forPrograms({version: 1, settings: held}, call.options)) ?? asTable(call, held);
  if (problems.length === 0) return text(printed);
  await call.print(printed);
  throw new SettingsError(problems.join('; '));
}

function wanted(variables: readonly string[], all: readonly Held[]): readonly Held[] {
  if (variables.length === 0) return all;
  return variables.map(name => {
    const row = all.find(({variable}) => variable === name);
    if (row !== undefined) return row;
    throw new UsageError(`there is no setting ${name}; \`config\` without a name lists them all`);
  });
}

function everySetting(call: PeopleCall): Held[] {
  const rows = Object.values(EVERY_SETTING).map(row => held(call, row));
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

function held(call: PeopleCall, {variable, fallback, meaning, parse}: Setting<unknown>): Held {
  const given = call.env[variable];
  const value = given === undefined || given === '' ? fallback : given;
  const source = sourceOf(call, variable, fallback);
  const base = {variable, source, meaning};
  try {
    if (value !== undefined) parse(value, variable);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return {...base, value: shown(variable, value), problem: shown(variable, error.message) ?? ''};
  }
  return {...base, value: shown(variable, value)};
}

function sourceOf(
  {env, options}: PeopleCall,
  variable: string,
  fallback: string | undefined,
): Held['source'] {
  const flag = CONNECTION_FLAGS.find(row => row[1] === variable)?.[0];
  if (flag !== undefined && options[flag] !== undefined) return 'flag';
  if ((env[variable] ?? '') !== '') return 'environment';
  return fallback === undefined ? 'unset' : 'default';
}

function shown(variable: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : maskedDeep(variable, value);
}

function asTable(call: PeopleCall, all: readonly Held[]): string {
  const paint = paintOf(call);
  const rows = all.map(({variable, value, source, problem}) => [
    variable,
    problem === undefined ? (value ?? '-') : paint.red(value ?? ''),
    problem === undefined ? paint.dim(source) : paint.red(`${source}: not valid`),
  ]);
  return table(['SETTING', 'VALUE', 'SOURCE'], rows);
}

import {readFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {CORE_SCHEMA, load} from 'js-yaml';
import {messageOf, SettingsError} from '../errors.ts';
import {CONFIG_FILE} from './config-file-setting.ts';
import {POD_SETTINGS} from './pod-settings.ts';
import {RUN_SETTINGS} from './run-settings.ts';
import type {Setting} from './settings.ts';
import {isInline} from './pod-values.ts';
import {yamlProblem} from './yaml-problem.ts';

/** One setting of the file. */
export interface FileEntry {
  readonly variable: string;
  /** The value, as a variable would hold it. */
  readonly text: string;
  /** `path:line`. */
  readonly place: string;
  /** Says, with the place, why this is no value of the setting; undefined when it is one. */
  readonly problem: SettingsError | undefined;
}

const ROWS = new Map<string, Setting<unknown>>(
  Object.values({...POD_SETTINGS, ...RUN_SETTINGS}).map(row => [row.variable, row]),
);

/**
 * The settings that a file gives, in its order; a setting without a value is left out. Raises a
 * SettingsError that names the file, and the line where there is one, for a file that cannot be read,
 * that is no YAML mapping, or that holds what is no setting of pods and runs.
 */
export async function readConfigFile(path: string): Promise<readonly FileEntry[]> {
  const text = await contents(path);
  return Object.entries(mapping(text, path)).flatMap(([variable, value]) => {
    const place = `${path}:${lineOf(variable, text)}`;
    const row = ROWS.get(variable);
    if (row === undefined) {
      throw new SettingsError(
        `${place}: ${variable} is no setting of pods or runs, and a file has only those; set it in the environment if it is another one`,
      );
    }
    if (value === null || value === '') return [];
    return [entry(row, {value, place, path})];
  });
}

async function contents(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = messageOf(error);
    throw new SettingsError(`${CONFIG_FILE.variable}=${path} cannot be read: ${why}`, {
      cause: error,
    });
  }
}

function mapping(text: string, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = load(text, {schema: CORE_SCHEMA});
  } catch (error) {
    throw new SettingsError(`${CONFIG_FILE.variable}=${path} is not YAML: ${yamlProblem(error)}`, {
      cause: error,
    });
  }
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SettingsError(
    `${CONFIG_FILE.variable}=${path} holds no settings; it needs lines such as GC_K8S_CPU_LIMIT: 4`,
  );
}

interface Given {
  readonly value: unknown;
  readonly place: string;
  readonly path: string;
}

function entry(row: Setting<unknown>, {value, place, path}: Given): FileEntry {
  const {variable} = row;
  const text = asText(variable, value, path);
  return {variable, text, place, problem: problemOf(row, text, place)};
}

function asText(variable: string, value: unknown, path: string): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // What a file names stands beside it, wherever gc is run.
  const isPath = variable === POD_SETTINGS.podTemplate.variable && !isInline(text);
  return isPath ? resolve(dirname(path), text) : text;
}

function problemOf({variable, parse}: Setting<unknown>, text: string, place: string) {
  try {
    parse(text, variable);
    return undefined;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return new SettingsError(`${place}: ${error.message}`, {cause: error});
  }
}

/** The line, from 1, on which a key of the outermost mapping stands; 1 when it is written otherwise. */
function lineOf(key: string, text: string): number {
  const lines = text.split('\n');
  const at = lines.findIndex(line => /^(["']?)([^\s"':]+)\1\s*:/.exec(line)?.[2] === key);
  return Math.max(at, 0) + 1;
}

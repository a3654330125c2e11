import {messageOf, SettingsError} from '../errors.ts';
import {bad} from './values.ts';

/** What the text of a setting of pods and runs may be, as in values.ts, which every call loads. */

/** RFC 1123 subdomain, as names of Secrets are. */
export function subdomain(text: string, variable: string): string {
  if (text.length <= 253 && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(text)) return text;
  throw bad(variable, text, 'lower-case letters, digits, "-" and ".", at most 253');
}

/** Names of objects, separated by commas. */
export function subdomains(text: string, variable: string): readonly string[] {
  return names(text, variable).map(name => subdomain(name, variable));
}

export function yesOrNo(text: string, variable: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw bad(variable, text, '"true" or "false"');
}

/** True for a value that is written out as JSON where a path could stand. */
export function isInline(text: string): boolean {
  return /^\s*\{/.test(text);
}

/** Names separated by commas, spaces around them do not count; or a JSON array of them. */
export function names(text: string, variable: string): readonly string[] {
  if (/^\s*\[/.test(text)) return jsonArray(text, variable).map(item => nameOf(item, variable));
  return text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
}

/** `name`, or `{"name": "name"}` as in a pod spec. */
function nameOf(item: unknown, variable: string): string {
  const name = typeof item === 'object' && item !== null && 'name' in item ? item.name : item;
  if (typeof name === 'string' && name !== '') return name;
  throw bad(variable, JSON.stringify(item), 'a name');
}

export function port(text: string, variable: string): string {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 65_535) return text;
  throw bad(variable, text, 'a port number');
}

export function uid(text: string, variable: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 2 ** 31 - 1) return number;
  throw bad(variable, text, 'a numeric user id');
}

export function absolutePath(text: string, variable: string): string {
  if (text.startsWith('/') && !text.includes(':') && !text.split('/').includes('..')) return text;
  throw bad(variable, text, 'an absolute path without ".." and ":"');
}

export function jsonObject(text: string, variable: string): Readonly<Record<string, unknown>> {
  const value = json(text, variable);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw bad(variable, text, 'a JSON object, as in a pod spec');
}

export function jsonArray(text: string, variable: string): readonly unknown[] {
  const value = json(text, variable);
  if (Array.isArray(value)) return value;
  throw bad(variable, text, 'a JSON array, as in a pod spec');
}

function json(text: string, variable: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = messageOf(error);
    throw new SettingsError(`${variable} is not JSON: ${why}`, {cause: error});
  }
}

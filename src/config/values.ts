import {SettingsError} from '../errors.ts';

/** What a setting's text may be. Each raises a SettingsError that names the variable and the value. */

export function asIs(text: string): string {
  return text;
}

/** RFC 1123 label, as namespaces are. */
export function dnsLabel(text: string, variable: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw bad(variable, text, 'lower-case letters, digits and "-", at most 63');
}

/** RFC 1123 subdomain, as names of Secrets are. */
export function subdomain(text: string, variable: string): string {
  if (text.length <= 253 && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(text)) return text;
  throw bad(variable, text, 'lower-case letters, digits, "-" and ".", at most 253');
}

export function yesOrNo(text: string, variable: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw bad(variable, text, '"true" or "false"');
}

export function oneOf<const T extends string>(...values: T[]) {
  return (text: string, variable: string): T => {
    const value = values.find(candidate => candidate === text);
    if (value !== undefined) return value;
    throw bad(variable, text, `one of ${values.join(', ')}`);
  };
}

/** Names separated by commas; spaces around them do not count. */
export function names(text: string): readonly string[] {
  return text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
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

/** A whole number, 0 or more. */
export function count(text: string, variable: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw bad(variable, text, 'a whole number');
}

const UNITS = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};

/** `90m`, `24h`, `7d`, or 0: in milliseconds. */
export function duration(text: string, variable: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * UNITS[unit as keyof typeof UNITS];
  if (text === '0') return 0;
  throw bad(variable, text, 'a number with s, m, h or d after it, such as 24h, or 0');
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
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`${variable} is not JSON: ${why}`, {cause: error});
  }
}

export function bad(variable: string, text: string, wanted: string): SettingsError {
  return new SettingsError(`${variable}=${text} is not valid; it must be ${wanted}`);
}

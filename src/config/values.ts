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

export function oneOf<const T extends string>(...values: T[]) {
  return (text: string, variable: string): T => {
    const value = values.find(candidate => candidate === text);
    if (value !== undefined) return value;
    throw bad(variable, text, `one of ${values.join(', ')}`);
  };
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

export function bad(variable: string, text: string, wanted: string): SettingsError {
  return new SettingsError(`${variable}=${text} is not valid; it must be ${wanted}`);
}

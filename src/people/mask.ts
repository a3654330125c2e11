/** Names of secret values; these are kept out of pod specs, too. */
const SECRET_NAME = /token|secret|password|passwd|credential|api[-_]?key|_key$|^anthropic_/i;

const MASK = '***';

/** The value, or `***` when its name looks secret; a password in a URL is always masked. */
export function masked(name: string, value: string): string {
  if (SECRET_NAME.test(name) && value !== '') return MASK;
  return value.replaceAll(/(\w+:\/\/[^/\s:@]*:)[^@\s/]+@/g, `$1${MASK}@`);
}

/** Like `masked`, for a value that may be JSON with secret names inside. */
export function maskedDeep(name: string, value: string): string {
  if (!/^\s*[[{]/.test(value)) return masked(name, value);
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return masked(name, value);
  }
  return JSON.stringify(parsed, (inner, field: unknown) =>
    typeof field === 'string' ? masked(inner, field) : field,
  );
}

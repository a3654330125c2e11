import {readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {SettingsError} from '../errors.ts';

/** True when the file, or a directory on the way to it, does not exist. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The value as a YAML mapping; undefined when it is anything else. */
export function asMapping(value: unknown): Record<string, unknown> | undefined {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Record<string, unknown>) : undefined;
}

/**
 * A cluster, context or user of a kubeconfig, with the file it is from. Reading a field of a wrong type
 * raises a SettingsError that names file and field. As in client-go, an empty field counts as absent.
 */
export class KubeconfigEntry {
  readonly file: string;
  /** Such as `user "ada"`. */
  readonly title: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(file: string, title: string, fields: Readonly<Record<string, unknown>>) {
    this.file = file;
    this.title = title;
    this.fields = fields;
  }

  error(problem: string, cause?: unknown): SettingsError {
    return new SettingsError(`kubeconfig ${this.file}, ${this.title}: ${problem}`, {cause});
  }

  text(name: string): string | undefined {
    const value = this.#field(name);
    if (value !== undefined && typeof value !== 'string') {
      throw this.error(`${name} must be a text; put it in quotes`);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.#field(name) ?? false;
    if (typeof value !== 'boolean') throw this.error(`${name} must be true or false`);
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.#field(name) ?? [];
    const isTexts = Array.isArray(value) && value.every(item => typeof item === 'string');
    if (!isTexts) throw this.error(`${name} must be a list of texts; put numbers in quotes`);
    return value;
  }

  /** A mapping inside this one, such as a user's `exec`. */
  inner(name: string): KubeconfigEntry | undefined {
    const value = this.#field(name);
    if (value === undefined) return undefined;
    const fields = asMapping(value);
    if (fields === undefined) throw this.error(`${name} must be a mapping`);
    return new KubeconfigEntry(this.file, `${this.title}, ${name}`, fields);
  }

  /** A path, made absolute: in a kubeconfig it is relative to the directory of the file. */
  path(name: string): string | undefined {
    const path = this.text(name);
    return path === undefined ? undefined : resolve(dirname(this.file), path);
  }

  /** The PEM in `<name>-data` (base64), else in the file that `<name>` names. */
  pem(name: string): string | undefined {
    const data = this.text(`${name}-data`);
    const path = this.path(name);
    if (data === undefined && path === undefined) return undefined;
    const pem = data === undefined ? this.read(name) : Buffer.from(data, 'base64').toString();
    // Node would accept any text as a certificate, and later blame the server's.
    if (pem?.includes('-----BEGIN ')) return pem;
    throw this.error(
      data === undefined
        ? `${name} ${path ?? ''} is no PEM file`
        : `${name}-data is no PEM in base64`,
    );
  }

  /** The text of the file that the field names. */
  read(name: string): string | undefined {
    const path = this.path(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const what = isMissing(error) ? 'does not exist' : 'cannot be read';
      throw this.error(`${name} ${path} ${what}; mend the path or the file`, error);
    }
  }

  #field(name: string): unknown {
    const value = this.fields[name];
    return value === null || value === '' ? undefined : value;
  }
}

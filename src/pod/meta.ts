import {createHash} from 'node:crypto';
import {UsageError} from '../errors.ts';

/** All annotations of a pod together may take 256 KiB; session-protocol.md promises 128 KiB a value. */
const VALUE_LIMIT = 128 * 1024;

/** More than this in key and value together makes tmux fail ("command too long"). */
const TMUX_LIMIT = 16_000;

/**
 * What tmux from 3.4 on prints as `\033` and the like: control characters but tab and newline, and
 * what the pod's C library may take for unprintable.
 */
const ESCAPED_BY_TMUX = /[^\P{C}\p{Cf}\t\n]|[\u2028\u2029]/u;

/** Annotation names: a prefix, and at most 63 letters, digits, "-", "_" and ".". */
const PLAIN_KEY = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** A key of metadata, and the names under which it is kept. */
export interface MetaKey {
  readonly key: string;
  /** Names its files in the pod: hexadecimal digits, whatever the key is. */
  readonly name: string;
  /** The annotation that holds the value, when it is UTF-8. */
  readonly textAnnotation: string;
  /** The annotation that holds the value in base64, when it is not UTF-8. */
  readonly base64Annotation: string;
  /** The annotation that holds the key itself, when it cannot be part of an annotation's name. */
  readonly keyAnnotation: string | undefined;
}

/** Raises a UsageError for what cannot be a key: nothing, or text with a newline or a NUL. */
export function metaKey(key: string | undefined): MetaKey {
  if (key === undefined || key === '') throw new UsageError('a metadata key is needed');
  if (/[\0\n]/.test(key)) throw new UsageError('a metadata key holds a newline or a NUL');
  const name = createHash('sha256').update(key).digest('hex').slice(0, 40);
  const isPlain = PLAIN_KEY.test(key);
  const suffix = isPlain ? key : `sha256-${name}`;
  return {
    key,
    name,
    textAnnotation: `gc-meta/${suffix}`,
    base64Annotation: `gc-meta-base64/${suffix}`,
    keyAnnotation: isPlain ? undefined : `gc-meta-key/${suffix}`,
  };
}

/** The annotations to set for a value, null for those to remove. Raises a UsageError over 128 KiB. */
export function metaAnnotations(key: MetaKey, value: Buffer): Record<string, string | null> {
  if (value.length > VALUE_LIMIT) {
    throw new UsageError(
      `the value of ${JSON.stringify(key.key)} is ${value.length} bytes, more than ${VALUE_LIMIT}; keep it in a file and note the path`,
    );
  }
  const text = isUtf8(value);
  return {
    [key.textAnnotation]: text ? value.toString() : null,
    [key.base64Annotation]: text ? null : value.toString('base64'),
    ...(key.keyAnnotation === undefined ? {} : {[key.keyAnnotation]: key.key}),
  };
}

/** The value that annotations hold under a key. */
export function metaValue(
  key: MetaKey,
  annotations: Readonly<Record<string, string>> | undefined,
): Buffer | undefined {
  const text = annotations?.[key.textAnnotation];
  if (text !== undefined) return Buffer.from(text);
  const base64 = annotations?.[key.base64Annotation];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

/** All that annotations hold. */
export function metaEntries(
  annotations: Readonly<Record<string, string>> = {},
): {key: MetaKey; value: Buffer}[] {
  const suffixes = Object.keys(annotations).flatMap(name => {
    const [, suffix] = /^gc-meta(?:-base64)?\/(.+)$/.exec(name) ?? [];
    return suffix === undefined ? [] : [suffix];
  });
  return suffixes.flatMap(suffix => {
    const key = metaKey(annotations[`gc-meta-key/${suffix}`] ?? suffix);
    const value = metaValue(key, annotations);
    return value === undefined ? [] : [{key, value}];
  });
}

/** True when a tmux variable can hold this value under this key and give it back exactly. */
export function tmuxHolds({key}: MetaKey, value: Buffer): boolean {
  if (!isUtf8(value) || Buffer.byteLength(key) + value.length > TMUX_LIMIT) return false;
  return (
    !key.includes('=') && !ESCAPED_BY_TMUX.test(key) && !ESCAPED_BY_TMUX.test(value.toString())
  );
}

function isUtf8(value: Buffer): boolean {
  return Buffer.from(value.toString()).equals(value);
}

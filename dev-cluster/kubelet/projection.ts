import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import type {JsonObject} from '../json.ts';
import {numberAt, stringAt} from '../json.ts';

/** One file of a Secret, ConfigMap, downward API or projected volume. */
export interface Projection {
  /** Relative to the volume's directory. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

/** The files for these keys: all of them, or the given items. */
export function projected(
  data: Readonly<Record<string, Buffer>>,
  how: {
    readonly items: readonly JsonObject[];
    readonly mode: number;
    readonly isOptional: boolean;
    readonly missing: (key: string) => Error;
  },
): Projection[] {
  const {items, mode, isOptional, missing} = how;
  if (items.length === 0) {
    return Object.entries(data).map(([path, content]) => ({path, content, mode}));
  }
  return items.flatMap(item => {
    const key = stringAt(item, 'key') ?? '';
    const content = data[key];
    if (content === undefined) {
      if (isOptional) return [];
      throw missing(key);
    }
    return [{path: stringAt(item, 'path') ?? key, content, mode: numberAt(item, 'mode') ?? mode}];
  });
}

const current = '..data';

/**
 * Writes the files as the kubelet does: each name is a symlink through `..data`, which is replaced
 * atomically when the content changes.
 */
export function writeProjection(directory: string, files: readonly Projection[]): void {
  const link = join(directory, current);
  if (existsSync(link) && isSame(link, files)) return;
  const before = existsSync(link) ? readlinkSync(link) : undefined;
  const fresh = mkdtempSync(
    join(directory, '..'.concat(new Date().toISOString().replaceAll(':', '_'), '.')),
  );
  for (const {path, content, mode} of files) {
    mkdirSync(dirname(join(fresh, path)), {recursive: true});
    writeFileSync(join(fresh, path), content, {mode});
  }
  symlinkSync(basename(fresh), join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), link);
  const tops = new Set(files.map(({path}) => path.split('/')[0] ?? path));
  for (const name of readdirSync(directory)) {
    if (!name.startsWith('..') && !tops.has(name)) rmSync(join(directory, name));
  }
  for (const name of tops) {
    if (!existsSync(join(directory, name))) symlinkSync(join(current, name), join(directory, name));
  }
  if (before !== undefined) rmSync(join(directory, before), {recursive: true});
}

function isSame(link: string, files: readonly Projection[]): boolean {
  const names = readdirSync(link, {recursive: true, withFileTypes: true}).filter(each =>
    each.isFile(),
  );
  return (
    names.length === files.length &&
    files.every(({path, content}) => {
      const file = join(link, path);
      return existsSync(file) && readFileSync(file).equals(content);
    })
  );
}

import {isDeepStrictEqual} from 'node:util';
import {badRequest, patchRejected} from '../api/status.ts';
import type {JsonObject} from '../json.ts';
import {isObject} from '../json.ts';

type Change = (holder: unknown, key: string) => unknown;

/**
 * RFC 6902 as the API server applies it: a failed `test`, a missing path and an unknown operation all
 * raise the same 422; `replace` of a missing key adds it; `test` for null matches a missing value.
 */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  return patch.reduce<unknown>((current, operation) => {
    if (!isObject(operation)) throw patchRejected();
    return applyOperation(current, operation);
  }, document);
}

function applyOperation(document: unknown, operation: JsonObject): unknown {
  const path = pathOf(operation.path);
  const value = operation.value;
  switch (operation.op) {
    case 'add':
      return edit(document, path, (holder, key) => set(holder, key, value, true));
    case 'replace':
      return edit(document, path, (holder, key) => set(holder, key, value, false));
    case 'remove':
      return edit(document, path, unset);
    case 'test': {
      const found = read(document, path, true);
      if (!isDeepStrictEqual(found ?? null, value ?? null)) throw patchRejected();
      return document;
    }
    case 'copy':
    case 'move': {
      const from = pathOf(operation.from);
      const moved = read(document, from, false);
      const rest = operation.op === 'move' ? edit(document, from, unset) : document;
      return edit(rest, path, (holder, key) => set(holder, key, moved, true));
    }
    default:
      throw patchRejected();
  }
}

function pathOf(pointer: unknown): readonly string[] {
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) throw patchRejected();
  return pointer
    .slice(1)
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function edit(holder: unknown, [key, ...rest]: readonly string[], change: Change): unknown {
  if (key === undefined) throw patchRejected();
  if (rest.length === 0) return change(holder, key);
  if (Array.isArray(holder)) {
    const index = indexOf(key, holder.length - 1);
    return holder.map((entry: unknown, at) => (at === index ? edit(entry, rest, change) : entry));
  }
  if (!isObject(holder) || !Object.hasOwn(holder, key)) throw patchRejected();
  return {...holder, [key]: edit(holder[key], rest, change)};
}

function set(holder: unknown, key: string, value: unknown, insert: boolean): unknown {
  if (Array.isArray(holder)) {
    const at = key === '-' ? holder.length : indexOf(key, holder.length - (insert ? 0 : 1));
    return holder.toSpliced(at, insert ? 0 : 1, value);
  }
  if (!isObject(holder)) throw patchRejected();
  return {...holder, [key]: value};
}

function unset(holder: unknown, key: string): unknown {
  if (Array.isArray(holder)) return holder.toSpliced(indexOf(key, holder.length - 1), 1);
  if (!isObject(holder) || !Object.hasOwn(holder, key)) throw patchRejected();
  return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));
}

function read(document: unknown, path: readonly string[], absentIsFine: boolean): unknown {
  return path.reduce<unknown>((holder, key, depth) => {
    if (Array.isArray(holder)) return holder[indexOf(key, holder.length - 1)];
    if (isObject(holder) && Object.hasOwn(holder, key)) return holder[key];
    if (isObject(holder) && absentIsFine && depth === path.length - 1) return undefined;
    throw patchRejected();
  }, document);
}

function indexOf(key: string, last: number): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (!(index <= last)) throw patchRejected();
  return index;
}

import {isObject} from '../json.ts';

/** RFC 7386: objects are merged, null removes, anything else replaces. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(document) ? {...document} : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
}

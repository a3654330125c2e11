import type {JsonObject} from '../json.ts';
import {isObject} from '../json.ts';

/** Lists that Kubernetes merges by an element's key; other lists are replaced. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  secrets: 'name',
  hostAliases: 'ip',
  conditions: 'type',
  ownerReferences: 'uid',
  podIPs: 'ip',
  hostIPs: 'ip',
};

/**
 * Strategic merge for the kinds dev-cluster knows: maps as in a merge patch, the usual lists by
 * their key, `$patch` (replace, delete), `$deleteFromPrimitiveList` and `$retainKeys`; the order
 * directive is ignored.
 */
export function applyStrategicMerge(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const {$patch: directive, $retainKeys: retained, ...changes} = patch;
  if (directive === 'replace') return changes;
  const base: JsonObject = isObject(document) ? document : {};
  const merged: Record<string, unknown> = Object.fromEntries(
    Object.entries(base).filter(([key]) => !Array.isArray(retained) || retained.includes(key)),
  );
  for (const [key, value] of Object.entries(changes)) {
    if (key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      removeValues(merged, key.slice(key.indexOf('/') + 1), value);
    } else if (value === null) Reflect.deleteProperty(merged, key);
    else if (Array.isArray(value)) merged[key] = mergeList(key, merged[key], value);
    else merged[key] = applyStrategicMerge(merged[key], value);
  }
  return merged;
}

function removeValues(merged: Record<string, unknown>, key: string, values: unknown): void {
  const current = merged[key];
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  merged[key] = current.filter(entry => !values.includes(entry));
}

function mergeList(field: string, current: unknown, patch: readonly unknown[]): unknown {
  if (field === 'finalizers') {
    const kept: unknown[] = Array.isArray(current) ? current : [];
    return [...new Set([...kept, ...patch])];
  }
  const key = mergeKeys[field];
  if (key === undefined || !patch.every(isObject)) return patch;
  let merged: JsonObject[] = Array.isArray(current) ? current.filter(isObject) : [];
  for (const change of patch) {
    if (change.$patch === 'replace' && change[key] === undefined) {
      return patch.filter(entry => entry.$patch === undefined);
    }
    const same = (entry: JsonObject): boolean => entry[key] === change[key];
    if (change.$patch === 'delete') merged = merged.filter(entry => !same(entry));
    else if (merged.some(same)) {
      merged = merged.map(entry => {
        const result = same(entry) ? applyStrategicMerge(entry, change) : entry;
        return isObject(result) ? result : entry;
      });
    } else merged = [...merged, change];
  }
  return merged;
}

import {objectAt} from '../json.ts';
import type {Store} from '../store/store.ts';

/** The content of a ConfigMap or Secret by key; undefined when it does not exist. */
export function configData(
  store: Store,
  kind: 'configmaps' | 'secrets',
  namespace: string,
  name: string,
): Readonly<Record<string, Buffer>> | undefined {
  const object = store.get(kind, namespace, name);
  if (object === undefined) return undefined;
  const decoded: Record<string, Buffer> = {};
  const decode = (field: string, encoding: 'utf8' | 'base64'): void => {
    for (const [key, value] of Object.entries(objectAt(object, field))) {
      if (typeof value === 'string') decoded[key] = Buffer.from(value, encoding);
    }
  };
  decode('data', kind === 'secrets' ? 'base64' : 'utf8');
  decode('binaryData', 'base64');
  return decoded;
}

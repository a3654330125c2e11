import {randomUUID} from 'node:crypto';
import type {ApiClient, Body} from './api-client.ts';

/** A name no other test uses. */
export function freshName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}

export interface Fields {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly immutable?: boolean;
}

export function configMap(
  name: string,
  {data = {key: 'value'}, immutable, ...metadata}: Fields = {},
): object {
  return {metadata: {name, ...metadata}, data, ...(immutable === undefined ? {} : {immutable})};
}

/** Creates a ConfigMap that must not fail, and gives it as stored. */
export async function created(api: ApiClient, name: string, fields: Fields = {}): Promise<Body> {
  const {status, body, text} = await api.call('POST', '/configmaps', configMap(name, fields));
  if (status !== 201) throw new Error(`create ${name}: ${status} ${text}`);
  return body;
}

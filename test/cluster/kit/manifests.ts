import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {loadAll} from 'js-yaml';
import type {ApiClient} from '../../cluster-contract/api-client.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace: string};
  readonly [field: string]: unknown;
}

/** The objects of a file of contrib/k8s/, in another namespace than the `gc` that stands there. */
export function shippedManifests(file: string, namespace: string): Manifest[] {
  const path = resolve(import.meta.dirname, '../../../contrib/k8s', file);
  const text = readFileSync(path, 'utf8').replaceAll(/namespace: gc$/gm, `namespace: ${namespace}`);
  return loadAll(text) as Manifest[];
}

/** Creates the object; raises with the server's words when it refuses. */
export async function create({api}: {api: ApiClient}, manifest: Manifest): Promise<void> {
  const {apiVersion, kind, metadata} = manifest;
  const group = apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`;
  const path = `/${group}/namespaces/${metadata.namespace}/${kind.toLowerCase()}s`;
  const {status, text} = await api.callAt(path, 'POST', manifest);
  if (status !== 201) throw new Error(`create ${kind} ${metadata.name}: ${status} ${text}`);
}

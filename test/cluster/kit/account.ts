import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {ApiClient} from '../../cluster-contract/api-client.ts';
import {readKubeconfig} from '../real-cluster.ts';
import {create, shippedManifests, type Manifest} from './manifests.ts';

/** A rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Role extends Manifest {
  readonly rules: readonly Rule[];
}

/** What a Role of contrib/k8s/rbac.yaml allows. */
export function shippedRules(name: string): readonly Rule[] {
  const isRole = (manifest: Manifest): manifest is Role =>
    manifest.kind === 'Role' && manifest.metadata.name === name;
  return shippedManifests('rbac.yaml', 'gc').find(isRole)?.rules ?? [];
}

/** A namespace to work in, and a directory here. */
export interface Place {
  readonly api: ApiClient;
  readonly namespace: string;
  readonly directory: string;
}

/** Makes a service account that may do what the rules say; gives the path of its kubeconfig. */
export async function account(place: Place, name: string, rules: readonly Rule[]): Promise<string> {
  const {namespace} = place;
  const metadata = {name, namespace};
  const rbac = {apiVersion: 'rbac.authorization.k8s.io/v1', metadata};
  await create(place, {apiVersion: 'v1', kind: 'ServiceAccount', metadata});
  await create(place, {...rbac, kind: 'Role', rules});
  await create(place, {
    ...rbac,
    kind: 'RoleBinding',
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name},
    subjects: [{kind: 'ServiceAccount', name, namespace}],
  });
  return accountKubeconfig(place, name);
}

/** The path of a kubeconfig that holds a token of the service account and nothing else. */
export async function accountKubeconfig(
  {api, directory}: Place,
  serviceAccount: string,
): Promise<string> {
  const request = {apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {}};
  const {body, text} = await api.call('POST', `/serviceaccounts/${serviceAccount}/token`, request);
  const {token} = (body.status ?? {}) as {token?: string};
  if (token === undefined) throw new Error(`no token for ${serviceAccount}: ${text}`);
  const config = readKubeconfig();
  const users = config.users.map(({name}) => ({name, user: {token}}));
  const path = join(directory, `${serviceAccount}.kubeconfig`);
  writeFileSync(path, JSON.stringify({...config, users}), {mode: 0o600});
  return path;
}

import {randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {load} from 'js-yaml';
import {inject} from 'vitest';
import type {Target} from '../cluster-contract/api-client.ts';
import {ApiClient} from '../cluster-contract/api-client.ts';

export interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly {name: string; context: {cluster: string; user: string}}[];
  readonly clusters: readonly {
    name: string;
    cluster: {server: string; 'certificate-authority-data'?: string};
  }[];
  readonly users: readonly {
    name: string;
    user: {token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string};
  }[];
}

/** Tells the namespaces of one run of the suite. */
export const RUN_LABEL = 'gc-k8s-test-run';

/** The current context of KUBECONFIG, with a namespace of its own until it is closed. */
export async function openRealCluster(purpose = 'contract'): Promise<Target> {
  const namespace = `${purpose}-${randomUUID().slice(0, 8)}`;
  const target = {...openAdmin(), namespace};
  const admin = new ApiClient(target);
  const labels = {[RUN_LABEL]: inject('run')};
  await required(admin, 'POST', '', {metadata: {name: namespace, labels}});
  // The controller makes it in its own time; pods need it at once.
  await admin.call('POST', '/serviceaccounts', {metadata: {name: 'default'}});
  return {
    ...target,
    close: async () => {
      await required(admin, 'DELETE', `/${namespace}`);
      admin.close();
    },
  };
}

/** The current context of KUBECONFIG, for what is in no namespace. */
export function openAdmin(): Target {
  const config = readKubeconfig();
  const context = config.contexts.find(({name}) => name === config['current-context'])?.context;
  const cluster = config.clusters.find(({name}) => name === context?.cluster)?.cluster;
  const user = config.users.find(({name}) => name === context?.user)?.user;
  if (cluster === undefined || user === undefined)
    throw new Error('the kubeconfig has no current context');
  return {
    server: new URL(cluster.server),
    headers: user.token === undefined ? {} : {authorization: `Bearer ${user.token}`},
    ...pem('ca', cluster['certificate-authority-data']),
    ...pem('cert', user['client-certificate-data']),
    ...pem('key', user['client-key-data']),
    namespace: '',
    close: () => Promise.resolve(),
  };
}

/** What the file that KUBECONFIG names holds. */
export function readKubeconfig(): Kubeconfig {
  const path = process.env.KUBECONFIG;
  if (path === undefined || path === '')
    throw new Error('KUBECONFIG must name the cluster to test');
  return load(readFileSync(path, 'utf8')) as Kubeconfig;
}

function pem(
  field: 'ca' | 'cert' | 'key',
  base64: string | undefined,
): Partial<Record<typeof field, string>> {
  return base64 === undefined ? {} : {[field]: Buffer.from(base64, 'base64').toString()};
}

async function required(
  admin: ApiClient,
  method: string,
  path: string,
  body?: unknown,
): Promise<void> {
  const {status, text} = await admin.callAt(`/api/v1/namespaces${path}`, method, body);
  if (status >= 300) throw new Error(`${method} namespaces${path}: ${status} ${text}`);
}

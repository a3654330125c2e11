import {readFileSync} from 'node:fs';
import {delimiter, join, resolve} from 'node:path';
import {setting} from '../config/settings.ts';
import {SettingsError} from '../errors.ts';
import type {Connection} from './connection.ts';
import {asMapping, isMissing, KubeconfigEntry} from './kubeconfig-entry.ts';
import {parseKubeconfig} from './kubeconfig-yaml.ts';
import {cacheRoot, PrivateCache} from './private-cache.ts';
import {serviceAccountCredentials, userCredentials} from './user-credentials.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const IN_CLUSTER = 'in-cluster';

export interface ConnectionOptions {
  /** The value of GC_K8S_CONTEXT; without it the kubeconfig's current context. */
  readonly context?: string | undefined;
  /** Called with problems that do not stop the call, such as a cache that cannot be written. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Where a pod finds its token; tests put another directory here. */
  readonly serviceAccountDirectory?: string;
}

/**
 * Finds the API server as kubectl does: in the files of KUBECONFIG, else in ~/.kube/config, else,
 * in a pod, with the service account. Raises a SettingsError that names the file or variable to mend.
 */
export async function resolveConnection(
  env: NodeJS.ProcessEnv,
  options: ConnectionOptions,
): Promise<Connection> {
  const listed = listedFiles(env);
  const files = listed.length > 0 ? listed : [await defaultFile(env)];
  const kubeconfig = await loadKubeconfig(files.map(file => resolve(file)));
  if (kubeconfig !== undefined) return connectionOf(kubeconfig, env, options);
  if (listed.length > 0) {
    throw new SettingsError(
      `KUBECONFIG names ${listed.join(' and ')}, which does not exist; set KUBECONFIG to a kubeconfig`,
    );
  }
  const inCluster = await inClusterConnection(env, options);
  if (inCluster !== undefined) return inCluster;
  throw new SettingsError(
    `no way to a cluster: KUBECONFIG is not set, ${files.join()} does not exist, and this is no pod with a service account; set KUBECONFIG to a kubeconfig`,
  );
}

/** The contexts there are to choose from. Raises a SettingsError for a kubeconfig that cannot be read. */
export async function contextsOf(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const listed = listedFiles(env);
  const files = listed.length > 0 ? listed : [await defaultFile(env)];
  return (await loadKubeconfig(files.map(file => resolve(file))))?.contextNames ?? [];
}

function listedFiles(env: NodeJS.ProcessEnv): string[] {
  return (env.KUBECONFIG ?? '').split(delimiter).filter(path => path !== '');
}

async function defaultFile(env: NodeJS.ProcessEnv): Promise<string> {
  const home = env.HOME ?? '';
  return join(home === '' ? (await import('node:os')).homedir() : home, '.kube', 'config');
}

type Section = 'clusters' | 'contexts' | 'users';

/** The kubeconfig files, merged. */
interface Kubeconfig {
  /** The files that were there, for messages. */
  readonly place: string;
  readonly currentContext: string | undefined;
  readonly find: (section: Section, name: string) => KubeconfigEntry | undefined;
  readonly contextNames: readonly string[];
}

/**
 * Merges by the rules of https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/:
 * the first file to define a name or the current context wins. Undefined when no file exists.
 */
async function loadKubeconfig(files: readonly string[]): Promise<Kubeconfig | undefined> {
  const read: KubeconfigEntry[] = [];
  for (const file of files) {
    const text = readIfThere(file);
    if (text !== undefined) read.push(await parsed(file, text));
  }
  if (read.length === 0) return undefined;
  const entries = {clusters: new Map(), contexts: new Map(), users: new Map()} as Record<
    Section,
    Map<string, KubeconfigEntry>
  >;
  for (const root of read) {
    for (const section of ['clusters', 'contexts', 'users'] as const) {
      collect(root, section, entries[section]);
    }
  }
  return {
    place: read.map(root => root.file).join(delimiter),
    currentContext: read.map(root => root.text('current-context')).find(name => name !== undefined),
    find: (section, name) => entries[section].get(name),
    contextNames: [...entries.contexts.keys()],
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    const {code} = error as NodeJS.ErrnoException;
    throw new SettingsError(
      `${file} cannot be read (${code ?? 'unknown error'}); mend its permissions, or set KUBECONFIG to another kubeconfig`,
      {cause: error},
    );
  }
}

async function parsed(file: string, text: string): Promise<KubeconfigEntry> {
  let value: unknown;
  try {
    value = await parseKubeconfig(text);
  } catch (error) {
    // Neither the message nor the cause: both quote lines that may hold a secret.
    const line = (error as {mark?: {line: number}}).mark?.line;
    const where = line === undefined ? '' : ` at line ${line + 1}`;
    throw new SettingsError(`kubeconfig ${file} is not valid YAML${where}; mend it`);
  }
  const fields = asMapping(value ?? {});
  if (fields === undefined)
    throw new SettingsError(`kubeconfig ${file} must be a mapping; mend it`);
  return new KubeconfigEntry(file, 'top level', fields);
}

function collect(
  root: KubeconfigEntry,
  section: Section,
  into: Map<string, KubeconfigEntry>,
): void {
  const items = root.fields[section] ?? [];
  if (!Array.isArray(items)) throw root.error(`${section} must be a list`);
  const kind = section.slice(0, -1);
  for (const item of items as unknown[]) {
    const fields = asMapping(item);
    const name = fields?.name;
    if (typeof name !== 'string') throw root.error(`each of ${section} must have a name (a text)`);
    if (into.has(name)) continue;
    into.set(
      name,
      new KubeconfigEntry(root.file, `${kind} "${name}"`, asMapping(fields?.[kind]) ?? {}),
    );
  }
}

async function connectionOf(
  kubeconfig: Kubeconfig,
  env: NodeJS.ProcessEnv,
  options: ConnectionOptions,
): Promise<Connection> {
  const asked = options.context === '' ? undefined : options.context;
  const contextName = asked ?? kubeconfig.currentContext;
  const known = kubeconfig.contextNames.join(', ') || 'none';
  if (contextName === undefined) {
    throw new SettingsError(
      `kubeconfig ${kubeconfig.place} has no current-context; set GC_K8S_CONTEXT to one of its contexts: ${known}`,
    );
  }
  const context = kubeconfig.find('contexts', contextName);
  if (context === undefined) {
    throw new SettingsError(
      `kubeconfig ${kubeconfig.place} has no context "${contextName}"; set GC_K8S_CONTEXT to one of its contexts: ${known}`,
    );
  }
  const cluster = named(kubeconfig, context, 'cluster');
  if (cluster === undefined) throw context.error('cluster is missing; name one');
  const server = serverOf(cluster);
  const ca = cluster.pem('certificate-authority');
  const surroundings = {env, cluster: {entry: cluster, server, ca}, onWarning: options.onWarning};
  const user = named(kubeconfig, context, 'user') ?? new KubeconfigEntry(context.file, 'user', {});
  return {
    server,
    contextName,
    ca,
    tlsServerName: cluster.text('tls-server-name'),
    insecureSkipTlsVerify: cluster.flag('insecure-skip-tls-verify'),
    proxy: await proxyOf(server, env, cluster.text('proxy-url')),
    credentials: userCredentials(user, surroundings),
    tlsSessions: tlsSessions(env, options),
  };
}

/** The cluster or user that the context names; undefined when it names none. */
function named(
  kubeconfig: Kubeconfig,
  context: KubeconfigEntry,
  kind: 'cluster' | 'user',
): KubeconfigEntry | undefined {
  const name = context.text(kind);
  if (name === undefined) return undefined;
  const entry = kubeconfig.find(`${kind}s`, name);
  if (entry === undefined)
    throw context.error(`there is no ${kind} "${name}"; add it or name another`);
  return entry;
}

function serverOf(cluster: KubeconfigEntry): URL {
  const server = cluster.text('server') ?? '';
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw cluster.error('server must be the URL of the API server, such as https://10.0.0.1:6443');
}

function tlsSessions(env: NodeJS.ProcessEnv, {onWarning}: ConnectionOptions) {
  const root = cacheRoot(env);
  if (root === undefined || setting(env, 'tlsSessions') === 'forget') return undefined;
  return new PrivateCache(root, 'tls', onWarning);
}

/** Most machines have no proxy: they do not load what reads its settings. */
async function proxyOf(server: URL, env: NodeJS.ProcessEnv, proxyUrl?: string) {
  const settings = [proxyUrl, env.HTTPS_PROXY, env.https_proxy, env.HTTP_PROXY, env.http_proxy];
  if (settings.every(value => value === undefined || value === '')) return undefined;
  return (await import('./proxy.ts')).proxyFor(server, env, proxyUrl);
}

/** The connection with the service account that the kubelet mounts into a pod; undefined outside of one. */
async function inClusterConnection(
  env: NodeJS.ProcessEnv,
  options: ConnectionOptions,
): Promise<Connection | undefined> {
  const {KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port} = env;
  const directory = options.serviceAccountDirectory ?? SERVICE_ACCOUNT;
  const tokenFile = join(directory, 'token');
  if (!host || !port || readIfThere(tokenFile) === undefined) return undefined;
  if (options.context && options.context !== IN_CLUSTER) {
    throw new SettingsError(
      `GC_K8S_CONTEXT is "${options.context}", but there is no kubeconfig, only the pod's service account; set KUBECONFIG, or unset GC_K8S_CONTEXT`,
    );
  }
  const server = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  return {
    server,
    contextName: IN_CLUSTER,
    ca: readIfThere(join(directory, 'ca.crt')),
    tlsServerName: undefined,
    insecureSkipTlsVerify: false,
    proxy: await proxyOf(server, env),
    credentials: serviceAccountCredentials(tokenFile),
    tlsSessions: tlsSessions(env, options),
  };
}

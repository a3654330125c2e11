import type {Credentials} from './connection.ts';
import {asMapping, type KubeconfigEntry} from './kubeconfig-entry.ts';

/** The cluster that the credentials are for. */
export interface PluginCluster {
  readonly entry: KubeconfigEntry;
  readonly server: URL;
  readonly ca: string | undefined;
}

/** The `exec` of a kubeconfig user, checked. */
export interface Plugin {
  readonly entry: KubeconfigEntry;
  readonly apiVersion: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Obtained {
  readonly credentials: Credentials;
  /** Until when the credentials are used, in milliseconds since 1970; Infinity: until the server refuses them. */
  readonly freshUntil: number;
}

/** So long before its expiry a token is no longer used: it must not expire on its way to the server. */
const EARLY_MS = 60_000;

/** The ExecCredential that is passed to the plugin in KUBERNETES_EXEC_INFO. */
export function execInfo(plugin: Plugin, {entry, server, ca}: PluginCluster): unknown {
  const spec = {interactive: false};
  const info = {apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec};
  if (!plugin.entry.flag('provideClusterInfo')) return info;
  const cluster = {
    server: entry.text('server') ?? server.href,
    'tls-server-name': entry.text('tls-server-name'),
    'insecure-skip-tls-verify': entry.flag('insecure-skip-tls-verify') || undefined,
    'certificate-authority-data': ca === undefined ? undefined : Buffer.from(ca).toString('base64'),
    'proxy-url': entry.text('proxy-url'),
    config: pluginConfig(entry),
  };
  return {...info, spec: {...spec, cluster}};
}

/** What the cluster entry of the kubeconfig holds for plugins, in a reserved extension. */
function pluginConfig(cluster: KubeconfigEntry): unknown {
  const extensions = cluster.fields.extensions;
  const found = (Array.isArray(extensions) ? (extensions as unknown[]) : [])
    .map(asMapping)
    .find(extension => extension?.name === 'client.authentication.k8s.io/exec');
  return found?.extension;
}

/**
 * Reads the ExecCredential that the plugin printed. Raises a SettingsError for anything else, which never
 * quotes the text: it holds a secret.
 */
export function readCredential({entry, command, apiVersion}: Plugin, text: string): Obtained {
  let answer: Record<string, unknown> | undefined;
  try {
    answer = asMapping(JSON.parse(text));
  } catch {
    throw entry.error(`command ${command} did not print JSON; run it by hand`);
  }
  const status = asMapping(answer?.status);
  if (answer?.kind !== 'ExecCredential' || answer.apiVersion !== apiVersion || !status) {
    throw entry.error(
      `command ${command} did not print an ExecCredential of ${apiVersion} with a status; update it`,
    );
  }
  const {token, clientCertificateData: certificate, clientKeyData: key} = status;
  const hasToken = typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
  const hasPair = typeof certificate === 'string' && typeof key === 'string';
  if (!hasToken && !hasPair) {
    throw entry.error(`command ${command} gave neither a token nor a certificate with its key`);
  }
  const expiry = status.expirationTimestamp;
  const freshUntil =
    expiry === undefined || expiry === null
      ? Infinity
      : Date.parse(typeof expiry === 'string' ? expiry : '') - EARLY_MS;
  if (Number.isNaN(freshUntil))
    throw entry.error(`command ${command} gave no valid expirationTimestamp`);
  const credentials: Credentials = {
    ...(hasToken ? {authorization: `Bearer ${token}`} : {}),
    ...(hasPair ? {clientCertificate: {certificate, key}} : {}),
  };
  return {credentials, freshUntil};
}

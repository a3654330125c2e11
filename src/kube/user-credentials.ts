import {readFileSync} from 'node:fs';
import type {CredentialSource, Credentials} from './connection.ts';
import type {PluginSurroundings} from './credential-plugin.ts';
import type {KubeconfigEntry} from './kubeconfig-entry.ts';

/** How often a token file is read again, as in client-go. */
const REREAD_AFTER_MS = 60_000;

/**
 * The credentials of a kubeconfig user. As in client-go, a token or a password comes before the `exec`
 * plugin. Raises a SettingsError for what kubectl refuses too.
 */
export function userCredentials(
  user: KubeconfigEntry,
  surroundings: PluginSurroundings,
): CredentialSource {
  if (user.inner('auth-provider') !== undefined) {
    throw user.error(
      'auth-provider is no longer a part of Kubernetes; use an exec plugin, such as gke-gcloud-auth-plugin or kubelogin',
    );
  }
  const base = clientCertificate(user);
  const headers = impersonation(user);
  const common = {...base, ...(headers === undefined ? {} : {headers})};
  const tokenFile = user.path('tokenFile');
  const token = user.text('token');
  const basic = basicAuthorization(user);
  if (basic !== undefined && (token ?? tokenFile) !== undefined) {
    throw user.error('has both a token and a username; remove one of them');
  }
  if (tokenFile !== undefined) {
    return tokenFileSource(() => bearer(user.read('tokenFile') ?? '', user), common, token);
  }
  if (token !== undefined) return unchanging({...common, authorization: bearer(token, user)});
  if (basic !== undefined) return unchanging({...common, authorization: basic});
  const exec = user.inner('exec');
  return exec === undefined ? unchanging(common) : pluginSource(exec, surroundings, common);
}

/** The service account's token, which the kubelet renews in its file. */
export function serviceAccountCredentials(file: string): CredentialSource {
  return tokenFileSource(() => `Bearer ${readFileSync(file, 'utf8').trim()}`, {});
}

function unchanging(credentials: Credentials): CredentialSource {
  return {current: () => Promise.resolve(credentials), renew: () => false};
}

/** @param fallback the token to use as long as the file could not be read once */
function tokenFileSource(
  read: () => string,
  common: Credentials,
  fallback?: string,
): CredentialSource {
  let authorization = fallback === undefined ? undefined : `Bearer ${fallback}`;
  let readAtMs = -Infinity;
  const refresh = () => {
    readAtMs = Date.now();
    try {
      authorization = read();
    } catch (error) {
      // The file may be about to be replaced; the token of a minute ago is better than none.
      if (authorization === undefined) throw error;
    }
  };
  const current = () => {
    if (Date.now() - readAtMs >= REREAD_AFTER_MS) refresh();
    return authorization === undefined ? common : {...common, authorization};
  };
  const renew = () => {
    const refused = authorization;
    refresh();
    return authorization !== refused;
  };
  return {current: () => new Promise(resolve => resolve(current())), renew};
}

function pluginSource(
  exec: KubeconfigEntry,
  surroundings: PluginSurroundings,
  common: Credentials,
): CredentialSource {
  let plugin: CredentialSource | undefined;
  return {
    async current(signal) {
      const {credentialPlugin} = await import('./credential-plugin.ts');
      plugin ??= credentialPlugin(exec, surroundings);
      return {...common, ...(await plugin.current(signal))};
    },
    renew: () => plugin?.renew() ?? false,
  };
}

function clientCertificate(user: KubeconfigEntry): Credentials {
  const certificate = user.pem('client-certificate');
  const key = user.pem('client-key');
  if (certificate === undefined && key === undefined) return {};
  if (certificate === undefined || key === undefined) {
    const missing = key === undefined ? 'client-key' : 'client-certificate';
    throw user.error(`${missing} is missing; a client certificate needs both`);
  }
  return {clientCertificate: {certificate, key}};
}

function basicAuthorization(user: KubeconfigEntry): string | undefined {
  const name = user.text('username');
  const password = user.text('password') ?? '';
  if (name === undefined) return undefined;
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

function bearer(token: string, user: KubeconfigEntry): string {
  const trimmed = token.trim();
  // Anything else cannot be sent in a header; a newline would even begin another one.
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw user.error('the token must be one printable word');
  return `Bearer ${trimmed}`;
}

/** The headers of https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/. */
function impersonation(user: KubeconfigEntry): Record<string, readonly string[]> | undefined {
  const name = user.text('as');
  const groups = user.texts('as-groups');
  const extra = user.inner('as-user-extra');
  const headers: Record<string, readonly string[]> = {};
  const add = (header: string, field: string, values: readonly string[]) => {
    if (values.length === 0) return;
    if (values.some(value => /[^\x20-\x7e]/.test(value))) {
      throw user.error(`${field} must be printable ASCII`);
    }
    // One header for each value: the API server does not split them at commas.
    headers[header] = values;
  };
  add('Impersonate-User', 'as', name === undefined ? [] : [name]);
  add('Impersonate-Uid', 'as-uid', [user.text('as-uid') ?? []].flat());
  add('Impersonate-Group', 'as-groups', groups);
  for (const key of Object.keys(extra?.fields ?? {})) {
    const header = `Impersonate-Extra-${encodeURIComponent(key).replace(/[()]/g, escapeCharacter)}`;
    add(header, `as-user-extra ${key}`, extra?.texts(key) ?? []);
  }
  if (Object.keys(headers).length === 0) return undefined;
  if (name === undefined)
    throw user.error('as is missing; as-groups, as-uid and as-user-extra need it');
  return headers;
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

import {createHash} from 'node:crypto';
import {homedir} from 'node:os';
import {dirname, join, resolve, sep} from 'node:path';
import {asMapping, type KubeconfigEntry} from './kubeconfig-entry.ts';
import type {CredentialSource} from './connection.ts';
import {
  execInfo,
  readCredential,
  type Obtained,
  type Plugin,
  type PluginCluster,
} from './exec-credential.ts';
import {cacheRoot, PrivateCache} from './private-cache.ts';

export interface PluginSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cluster: PluginCluster;
  /** Called with problems that do not stop the call, such as a cache that cannot be written. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

const API_VERSIONS = ['v1', 'v1beta1'].map(version => `client.authentication.k8s.io/${version}`);

/**
 * Credentials of an exec plugin (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins),
 * kept on disk until they expire: a plugin takes seconds, and each of our calls is a process of its own.
 * Raises a SettingsError that names the user and the command for whatever the plugin does wrong.
 */
export function credentialPlugin(
  exec: KubeconfigEntry,
  surroundings: PluginSurroundings,
): CredentialSource {
  const plugin = pluginOf(exec);
  const {env, onWarning} = surroundings;
  const root = cacheRoot(env) ?? join(homedir(), '.cache');
  const cache = new PrivateCache(root, 'credentials', onWarning);
  const name = `${cacheKey(plugin, surroundings)}.json`;
  let obtained: Obtained | undefined;
  let running: Promise<Obtained> | undefined;
  const obtain = async (signal: AbortSignal) => {
    const kept = cache.read(name);
    const cached = kept === undefined ? undefined : readCached(plugin, kept.toString());
    if (cached !== undefined && isFresh(cached)) return cached;
    const text = await runPlugin(plugin, surroundings, signal);
    const fresh = readCredential(plugin, text);
    if (fresh.freshUntil !== Infinity && isFresh(fresh)) cache.write(name, text);
    return fresh;
  };
  return {
    async current(signal) {
      while (obtained === undefined || !isFresh(obtained)) {
        signal.throwIfAborted();
        const isOwn = running === undefined;
        running ??= obtain(signal);
        try {
          obtained = await running;
          break;
        } catch (error) {
          // Another caller's signal ended the run that this one waited for as well.
          if (isOwn || signal.aborted) throw signal.aborted ? signal.reason : error;
        } finally {
          if (isOwn) running = undefined;
        }
      }
      return obtained.credentials;
    },
    renew() {
      obtained = undefined;
      cache.drop(name);
      return true;
    },
  };
}

function isFresh(obtained: Obtained): boolean {
  return Date.now() < obtained.freshUntil;
}

function pluginOf(entry: KubeconfigEntry): Plugin {
  const apiVersion = entry.text('apiVersion') ?? '';
  if (!API_VERSIONS.includes(apiVersion)) {
    throw entry.error(`apiVersion must be ${API_VERSIONS.join(' or ')}; update the plugin`);
  }
  if (entry.text('interactiveMode') === 'Always') {
    throw entry.error(
      'interactiveMode is Always, and there is no terminal; use another way to log in',
    );
  }
  const command = entry.text('command');
  if (command === undefined) throw entry.error('command is missing');
  const isPath = command.includes('/') || command.includes(sep);
  return {
    entry,
    apiVersion,
    command: isPath ? resolve(dirname(entry.file), command) : command,
    arguments: entry.texts('args'),
    env: environmentOf(entry),
  };
}

function environmentOf(entry: KubeconfigEntry): Record<string, string> {
  const listed = entry.fields.env ?? [];
  const env: Record<string, string> = {};
  for (const item of Array.isArray(listed) ? (listed as unknown[]) : [undefined]) {
    const {name, value} = asMapping(item) ?? {};
    if (typeof name !== 'string' || typeof value !== 'string') {
      throw entry.error('env must be a list of name and value, both texts');
    }
    env[name] = value;
  }
  return env;
}

/** Environment variables by which the usual plugins choose an account: part of the cache's key. */
const IDENTITY = /^(?:AWS|AZURE|AAD|ARM|GOOGLE|CLOUDSDK|OCI_CLI|DIGITALOCEAN|HCLOUD)_|^HOME$/;

function cacheKey(plugin: Plugin, {env, cluster}: PluginSurroundings): string {
  const identity = Object.entries(env).filter(([name]) => IDENTITY.test(name));
  const facts = [
    [plugin.apiVersion, plugin.command, plugin.arguments, Object.entries(plugin.env)],
    [cluster.server.href, cluster.ca ?? '', identity.sort(([a], [b]) => (a < b ? -1 : 1))],
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

async function runPlugin(
  plugin: Plugin,
  surroundings: PluginSurroundings,
  signal: AbortSignal,
): Promise<string> {
  const {execa} = await import('execa');
  const env = {
    ...surroundings.env,
    ...plugin.env,
    KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(plugin, surroundings.cluster)),
  };
  const run = execa(plugin.command, plugin.arguments, {
    env,
    extendEnv: false,
    // Its output goes to pipes, not to ours: gc waits until no process holds ours open any more.
    stdin: 'ignore',
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 1000,
  });
  // A child that the plugin left running may keep the pipes open after the plugin was killed.
  const result = await orAborted(run, signal);
  signal.throwIfAborted();
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    const hint = oneLine(plugin.entry.text('installHint') ?? 'install it, or mend the command');
    throw plugin.entry.error(`command ${plugin.command} cannot be run (${result.code}): ${hint}`);
  }
  const lastWords = result.stderr.trimEnd().split('\n').at(-1)?.trim() ?? '';
  const how =
    result.exitCode === undefined ? (result.signal ?? 'an error') : `exit code ${result.exitCode}`;
  throw plugin.entry.error(
    `command ${plugin.command} ended with ${how}: ${lastWords || 'it said nothing'}; run it by hand and log in`,
  );
}

async function orAborted<T>(waited: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, {once: true});
  });
  try {
    return await Promise.race([waited, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Undefined when the file holds something else, such as what another version of this program wrote. */
function readCached(plugin: Plugin, text: string): Obtained | undefined {
  try {
    return readCredential(plugin, text);
  } catch {
    return undefined;
  }
}

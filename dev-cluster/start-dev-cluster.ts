import {randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Access} from './api/access.ts';
import {seed} from './api/seed.ts';
import {MINOR} from './api/discovery.ts';
import {ApiServer} from './api/server.ts';
import {Tokens} from './api/tokens.ts';
import {ExecEndpoint} from './exec/exec-endpoint.ts';
import {localProcesses} from './exec/local-process.ts';
import {PodDirectories} from './exec/pod-directories.ts';
import {Faults} from './faults.ts';
import type {Identity} from './identity.ts';
import {identityIn} from './identity.ts';
import type {LoggedRequest} from './request-log.ts';
import type {JsonObject} from './json.ts';
import {kubeconfigText} from './kubeconfig.ts';
import type {Kubelet} from './kubelet/kubelet.ts';
import {failLostPods} from './kubelet/fail-lost-pods.ts';
import type {PodControl} from './kubelet/pod-control.ts';
import {controlPod} from './kubelet/pod-control.ts';
import {ProcessKubelet} from './kubelet/process-kubelet.ts';
import {ScriptedKubelet} from './kubelet/scripted-kubelet.ts';
import type {Listener} from './listener.ts';
import {listen} from './listener.ts';
import type {DevClusterOptions} from './options.ts';
import {NodeLink} from './node-link.ts';
import {endRunningPods, failNewPod} from './pod-faults.ts';
import {TaintManager} from './taint-manager.ts';
import {StateFile} from './store/state-file.ts';
import {Store} from './store/store.ts';
import {issueServerCertificate} from './tls/certificates.ts';

export interface DevCluster {
  /** The API server's URL, without a path. */
  readonly url: string;
  readonly token: string;
  /** The CA certificate to trust (PEM); undefined over plain HTTP. */
  readonly authority: string | undefined;
  readonly kubeconfig: string;
  /** Writes the kubeconfig, readable by its owner only. */
  writeKubeconfig(path: string): void;
  readonly faults: Faults;
  readonly access: Access;
  /** Every request since the start or the last `clearRequests`, in order. */
  readonly requests: readonly LoggedRequest[];
  clearRequests(): void;
  /** Acts as kubelet and scheduler for one pod. */
  pod(name: string, namespace?: string): PodControl;
  /** Merges this into a pod's status (RFC 7386). */
  setPodStatus(name: string, patch: JsonObject, namespace?: string): void;
  /** Direct access to the stored objects for tests, without requests. */
  readonly store: Store;
  /** Drops all history: older watches and pages get 410. */
  compact(): void;
  /** Closes every connection and ends every process at once. */
  stop(): Promise<void>;
}

/**
 * Starts an API server with a scripted kubelet on loopback. Raises when the directory's state cannot
 * be read.
 */
export async function startDevCluster(options: DevClusterOptions = {}): Promise<DevCluster> {
  const namespace = options.namespace ?? 'default';
  const {directory} = options;
  const file = directory === undefined ? undefined : new StateFile(join(directory, 'state'));
  const store = new Store(options.historyLimit ?? 10_000, file);
  seed(store);
  failLostPods(store);
  const faults = new Faults();
  const node = new NodeLink(store, faults);
  const taints = new TaintManager(store);
  const kubelet = await kubeletOf(store, {
    ...options,
    subscribe: listener => node.subscribe(listener),
    onPod: (pod, control) =>
      options.onPod?.(pod, control) === true || failNewPod(faults, pod, control),
  });
  const places = new PodDirectories(options);
  const exec = new ExecEndpoint(
    options.exec ?? kubelet.exec ?? localProcesses(call => places.of(call)),
    options.oldServer === true ? ['v4.channel.k8s.io'] : ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
  );
  const identity = identityOf(options);
  const {token} = identity;
  const api = new ApiServer({
    store,
    node,
    kubelet,
    exec,
    faults,
    tokens: new Tokens(token, faults),
    endPods: (fault, match) => endRunningPods(store, fault, match),
    strictNamespaces: options.strictNamespaces ?? false,
    minorVersion: options.oldServer === true ? 29 : MINOR,
    bookmarkMilliseconds: options.bookmarkMilliseconds ?? 60_000,
  });
  const listener = await listenAt(api, identity);
  const {url} = listener;
  const authority = identity.tls?.authority;
  const kubeconfig = kubeconfigText({url, token, authority, namespace});
  return {
    url,
    token,
    authority,
    kubeconfig,
    writeKubeconfig: path => writeFileSync(path, kubeconfig, {mode: 0o600}),
    faults,
    access: api.access,
    requests: api.requests,
    clearRequests: () => api.requests.splice(0),
    pod: (name, where = namespace) => controlPod(store, where, name),
    setPodStatus: (name, patch, where = namespace) =>
      controlPod(store, where, name).setStatus(patch),
    store,
    compact: () => store.compact(),
    stop: async () => {
      taints.stop();
      await kubelet.stop();
      exec.stop();
      await listener.close();
      places.remove();
      file?.close();
    },
  };
}

async function kubeletOf(store: Store, options: DevClusterOptions): Promise<Kubelet> {
  if (options.kubelet === 'process') return ProcessKubelet.start(store, options);
  return new ScriptedKubelet(store, options);
}

/** Without a directory, a new identity each time. */
function identityOf({directory, http}: DevClusterOptions): Identity {
  if (directory !== undefined) return identityIn(directory);
  const token = randomBytes(24).toString('base64url');
  return {token, ...(http === true ? {} : {tls: issueServerCertificate()})};
}

/** Listens on the previous run's port, so that kubeconfigs stay valid, or on another if that is taken. */
async function listenAt(api: ApiServer, {tls, port = 0, keepPort}: Identity): Promise<Listener> {
  try {
    const listener = await listen(api, tls, port);
    keepPort?.(listener.port);
    return listener;
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken || port === 0) throw error;
    return listenAt(api, {
      token: '',
      ...(tls === undefined ? {} : {tls}),
      ...(keepPort === undefined ? {} : {keepPort}),
    });
  }
}

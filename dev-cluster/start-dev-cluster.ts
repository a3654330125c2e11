import {randomBytes} from 'node:crypto';
import {mkdtempSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {ServerResponse, createServer as createHttpServer} from 'node:http';
import type {IncomingMessage} from 'node:http';
import {createServer as createHttpsServer} from 'node:https';
import type {Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Duplex} from 'node:stream';
import type {Access} from './api/access.ts';
import {putNamespace} from './api/operations.ts';
import {ApiServer} from './api/server.ts';
import type {ExecCall} from './exec/call.ts';
import {ExecEndpoint} from './exec/exec-endpoint.ts';
import type {ProcessPlace} from './exec/local-process.ts';
import {localProcesses} from './exec/local-process.ts';
import {killPodProcesses, podMark} from './exec/pod-processes.ts';
import type {Faults} from './faults.ts';
import type {JournalEntry} from './journal.ts';
import type {JsonObject} from './json.ts';
import {objectsAt, stringAt} from './json.ts';
import {kubeconfigText} from './kubeconfig.ts';
import type {PodControl} from './kubelet/pod-control.ts';
import {controlPod} from './kubelet/pod-control.ts';
import {ScriptedKubelet} from './kubelet/scripted-kubelet.ts';
import type {DevClusterOptions} from './options.ts';
import {Store} from './store/store.ts';
import {issueServerCertificate} from './tls/certificates.ts';

export interface DevCluster {
  /** Of the API server, without a path. */
  readonly url: string;
  readonly token: string;
  /** PEM of the authority to trust; undefined over plain http. */
  readonly authority: string | undefined;
  readonly kubeconfig: string;
  /** Writes the kubeconfig for its owner's eyes only. */
  writeKubeconfig(path: string): void;
  readonly faults: Faults;
  readonly access: Access;
  /** Every request since the start or since `clearRequests`, in order. */
  readonly requests: readonly JournalEntry[];
  clearRequests(): void;
  /** Plays kubelet and scheduler for one pod. */
  pod(name: string, namespace?: string): PodControl;
  /** Merges this into a pod's status (RFC 7386). */
  setPodStatus(name: string, patch: JsonObject, namespace?: string): void;
  /** What is stored, for a test's own eyes: no request, no journal. */
  readonly store: Store;
  /** Forgets all history: watches and pages from before are answered 410. */
  compact(): void;
  /** Ends every connection and process at once. */
  stop(): Promise<void>;
}

/** Starts an API server with a scripted kubelet on a free port of loopback. */
export async function startDevCluster(options: DevClusterOptions = {}): Promise<DevCluster> {
  const namespace = options.namespace ?? 'default';
  const store = new Store(options.historyLimit ?? 10_000);
  for (const name of ['default', 'kube-system']) putNamespace(store, name);
  const kubelet = new ScriptedKubelet(store, options);
  const places = new PodPlaces(options);
  const exec = new ExecEndpoint(
    options.exec ?? localProcesses(call => places.of(call)),
    options.oldServer === true ? ['v4.channel.k8s.io'] : ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
  );
  const token = randomBytes(24).toString('base64url');
  const api = new ApiServer({
    store,
    kubelet,
    exec,
    token,
    strictNamespaces: options.strictNamespaces ?? false,
    bookmarkMilliseconds: options.bookmarkMilliseconds ?? 60_000,
  });
  const listener = await listen(api, options.http === true);
  const {url, authority} = listener;
  const kubeconfig = kubeconfigText({url, token, authority, namespace});
  return {
    url,
    token,
    authority,
    kubeconfig,
    writeKubeconfig: path => writeFileSync(path, kubeconfig, {mode: 0o600}),
    faults: api.faults,
    access: api.access,
    requests: api.requests,
    clearRequests: () => api.requests.splice(0),
    pod: (name, where = namespace) => controlPod(store, where, name),
    setPodStatus: (name, patch, where = namespace) =>
      controlPod(store, where, name).setStatus(patch),
    store,
    compact: () => store.compact(),
    stop: async () => {
      kubelet.stop();
      exec.stop();
      await listener.close();
      places.remove();
    },
  };
}

interface Listener {
  readonly url: string;
  readonly authority: string | undefined;
  close(): Promise<void>;
}

async function listen(api: ApiServer, plain: boolean): Promise<Listener> {
  const tls = plain ? undefined : issueServerCertificate();
  const server =
    tls === undefined
      ? createHttpServer()
      : createHttpsServer({key: tls.key, cert: tls.certificate});
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void api.handle(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until it is upgraded it is answered like any request.
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.on('finish', () => socket.end());
    void api.handle(request, response, {
      request,
      socket,
      head,
      release: () => response.detachSocket(request.socket),
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `${plain ? 'http' : 'https'}://127.0.0.1:${port}`,
    authority: tls?.authority,
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A directory of its own for each pod that runs something, below one that goes away at the end. */
class PodPlaces {
  readonly #options: DevClusterOptions;
  readonly #uids = new Set<string>();
  #root: string | undefined;

  constructor(options: DevClusterOptions) {
    this.#options = options;
  }

  of({pod, container, signal}: ExecCall): ProcessPlace {
    const {uid = ''} = pod.metadata;
    if (!this.#uids.has(uid)) {
      this.#uids.add(uid);
      signal.addEventListener('abort', () => killPodProcesses(uid), {once: true});
    }
    const given = this.#options.podEnvironment?.(pod) ?? {};
    const directory = given.directory ?? this.#directoryOf(uid);
    const own: Record<string, string> = {};
    for (const each of objectsAt(pod, 'spec', 'containers').filter(
      ({name}) => name === container,
    )) {
      for (const variable of objectsAt(each, 'env')) {
        own[stringAt(variable, 'name') ?? ''] = stringAt(variable, 'value') ?? '';
      }
    }
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      TMPDIR: directory,
      HOSTNAME: pod.metadata.name,
      [podMark]: uid,
      ...own,
      ...given.environment,
    };
    return {directory, environment};
  }

  remove(): void {
    if (this.#root !== undefined) rmSync(this.#root, {recursive: true, force: true});
  }

  #directoryOf(uid: string): string {
    this.#root ??= mkdtempSync(join(tmpdir(), 'gc-dev-cluster-'));
    const directory = join(this.#root, uid);
    mkdirSync(directory, {recursive: true});
    return directory;
  }
}

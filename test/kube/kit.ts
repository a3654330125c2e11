import {onTestFinished} from 'vitest';
import type {DevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import type {KubeError} from '../../src/errors.ts';
import {ApiClient} from '../../src/kube/api-client.ts';
import type {Cluster, Pod} from '../../src/kube/cluster.ts';
import {connect} from '../../src/kube/connect.ts';
import type {Connection, CredentialSource} from '../../src/kube/connection.ts';
import {HttpClient} from '../../src/kube/http-client.ts';
import {Deadline} from '../../src/time/deadline.ts';
import {podNamed} from '../dev-cluster/kit.ts';

export const bearer = (token: string): CredentialSource => ({
  current: () => Promise.resolve({authorization: `Bearer ${token}`}),
  renew: () => false,
});

export function connectionTo(server: string, more: Partial<Connection> = {}): Connection {
  return {
    server: new URL(server),
    contextName: 'test',
    ca: undefined,
    tlsServerName: undefined,
    insecureSkipTlsVerify: false,
    proxy: undefined,
    credentials: bearer('token'),
    ...more,
  };
}

export const connectionOf = (dev: DevCluster, more: Partial<Connection> = {}): Connection =>
  connectionTo(dev.url, {ca: dev.authority, credentials: bearer(dev.token), ...more});

export interface Options {
  readonly budgetMs?: number;
  /** Cancels what is under way. */
  readonly parent?: AbortSignal;
}

/** Our client for a server, ended with the test. */
export function clusterAt(
  connection: Connection,
  {budgetMs = 30_000, parent}: Options = {},
): Cluster {
  const deadline = new Deadline(budgetMs, parent ? {parent} : {});
  const cluster = connect(connection, 'default', {deadline, userAgent: 'test'});
  onTestFinished(() => {
    cluster.close();
    deadline.clear();
  });
  return cluster;
}

export function apiAt(connection: Connection, {budgetMs = 30_000}: Options = {}): ApiClient {
  const api = new ApiClient(new HttpClient(connection, 'test'), new Deadline(budgetMs));
  onTestFinished(() => api.http.close());
  return api;
}

/** A pod whose container runs. */
export async function runningPod(dev: DevCluster, cluster: Cluster, name = 'mayor'): Promise<Pod> {
  const pod = await cluster.pods.create(podNamed(name) as Parameters<Cluster['pods']['create']>[0]);
  dev.pod(name).run();
  dev.clearRequests();
  return pod;
}

/** What a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<KubeError> {
  return promise.then(
    value => Promise.reject(new Error(`not rejected, but ${JSON.stringify(value)}`)),
    (error: unknown) => error as KubeError,
  );
}

/** The requests so far: `GET /api/v1/…`. */
export const requested = ({requests}: DevCluster): string[] =>
  requests.map(({method, path}) => `${method} ${path.replace('/api/v1/namespaces/default', '')}`);

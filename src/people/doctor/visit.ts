import type {PodSettings} from '../../config/pod-settings.ts';
import {ApiClient} from '../../kube/api-client.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import {connect} from '../../kube/connect.ts';
import type {Connection} from '../../kube/connection.ts';
import {HttpClient} from '../../kube/http-client.ts';
import {Deadline} from '../../time/deadline.ts';
import {VERSION} from '../../version.ts';
import type {PeopleCall} from '../command.ts';

/** An answer that takes longer is as good as none to an agent's operations. */
const ANSWER_MS = 8_000;

/** What the links hand on to one another. */
export interface Visit {
  readonly call: PeopleCall;
  readonly namespace: string;
  readonly settings: PodSettings;
  /** Set once the kubeconfig was read. */
  connection?: Connection;
  /** Pods to delete when doctor is done. */
  readonly pods: Pod[];
  /** The throw-away pod, once it runs. */
  pod?: Pod;
}

/** One request to the API server, given a few seconds. Raises a KubeError. */
export async function ask(
  visit: Visit,
  request: {method: 'GET' | 'POST'; path: string; body?: unknown; wanted: string},
): Promise<{body: unknown; serverTimeMs: number; tookMs: number}> {
  const http = new HttpClient(connectionOf(visit), userAgent);
  const deadline = new Deadline(ANSWER_MS, {parent: visit.call.deadline.signal});
  const sinceMs = performance.now();
  try {
    const {method, path} = request;
    const intent = {verb: 'ask for', resource: request.wanted, namespace: visit.namespace};
    const body = await new ApiClient(http, deadline).json({
      ...{intent, method, path, idempotent: true},
      ...(request.body === undefined ? {} : {body: request.body}),
    });
    return {body, serverTimeMs: http.serverTimeMs(), tookMs: performance.now() - sinceMs};
  } finally {
    http.close();
    deadline.clear();
  }
}

/** The cluster, for as long as doctor may take. */
export function clusterOf(visit: Visit): Cluster {
  return connectedUntil(visit, visit.call.deadline);
}

/** What a look at the cluster gives that may take so many milliseconds. */
export async function within<T>(
  visit: Visit,
  limitMs: number,
  look: (cluster: Cluster, deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(limitMs, {parent: visit.call.deadline.signal});
  try {
    return await look(connectedUntil(visit, deadline), deadline);
  } finally {
    deadline.clear();
  }
}

function connectedUntil(visit: Visit, deadline: Deadline): Cluster {
  return connect(connectionOf(visit), visit.namespace, {deadline, userAgent});
}

const userAgent = `gc-k8s/${VERSION} (${process.platform}/${process.arch})`;

function connectionOf({connection}: Visit): Connection {
  if (connection === undefined) throw new Error('the kubeconfig is looked at first');
  return connection;
}

import type {PodSettings} from '../../config/pod-settings.ts';
import {ApiClient} from '../../kube/api-client.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import {connect} from '../../kube/connect.ts';
import type {Connection} from '../../kube/connection.ts';
import {HttpClient} from '../../kube/http-client.ts';
import {Deadline} from '../../time/deadline.ts';
import {VERSION} from '../../version.ts';
import type {PeopleCall} from '../command.ts';

/** A slower API server is of no use to an agent's operations. */
const REQUEST_TIMEOUT_MS = 8_000;

/** The state shared by the checks. */
export interface DoctorContext {
  readonly call: PeopleCall;
  readonly namespace: string;
  readonly settings: PodSettings;
  /** Set once the kubeconfig is read. */
  connection?: Connection;
  /** Pods to delete when doctor is done. */
  readonly pods: Pod[];
  /** The test pod, once it is created. */
  pod?: Pod;
}

/** Sends one request to the API server, with a timeout of a few seconds. Raises KubeError. */
export async function ask(
  context: DoctorContext,
  request: {method: 'GET' | 'POST'; path: string; body?: unknown; wanted: string},
): Promise<{body: unknown; serverTimeMs: number; tookMs: number}> {
  const http = new HttpClient(connectionOf(context), userAgent);
  const deadline = new Deadline(REQUEST_TIMEOUT_MS, {parent: context.call.deadline.signal});
  const sinceMs = performance.now();
  try {
    const {method, path} = request;
    const intent = {verb: 'ask for', resource: request.wanted, namespace: context.namespace};
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

/** The cluster, until doctor's deadline. */
export function clusterOf(context: DoctorContext): Cluster {
  return connectedUntil(context, context.call.deadline);
}

/** Runs `look` with a time limit. */
export async function within<T>(
  context: DoctorContext,
  limitMs: number,
  look: (cluster: Cluster, deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(limitMs, {parent: context.call.deadline.signal});
  try {
    return await look(connectedUntil(context, deadline), deadline);
  } finally {
    deadline.clear();
  }
}

function connectedUntil(context: DoctorContext, deadline: Deadline): Cluster {
  return connect(connectionOf(context), context.namespace, {deadline, userAgent});
}

const userAgent = `gc-k8s/${VERSION} (${process.platform}/${process.arch})`;

function connectionOf({connection}: DoctorContext): Connection {
  if (connection === undefined) throw new Error('the kubeconfig is looked at first');
  return connection;
}

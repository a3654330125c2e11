import type {Call, Reply} from '../cli/operation.ts';
import {setting} from '../config/settings.ts';
import type {Cluster} from '../kube/cluster.ts';
import {connect} from '../kube/connect.ts';
import {resolveConnection} from '../kube/kubeconfig.ts';
import {checkedSession} from '../pod/names.ts';
import {VERSION} from '../version.ts';

/** A call on one session, connected. */
export interface SessionCall extends Call {
  readonly session: string;
  /** What follows the session's name. */
  readonly args: readonly string[];
  readonly cluster: Cluster;
}

/** Checks the session's name, connects, and runs; nothing is sent before the handler's first request. */
export async function withSession(
  call: Call,
  run: (call: SessionCall) => Promise<Reply>,
): Promise<Reply> {
  const [name, ...args] = call.args;
  const session = checkedSession(name);
  return run({...call, session, args, cluster: await connected(call)});
}

/** The cluster that the settings and the kubeconfig name. */
export async function connected(call: Call): Promise<Cluster> {
  const context = setting(call.env, 'context');
  const namespace = setting(call.env, 'namespace');
  const connection = await resolveConnection(call.env, context === undefined ? {} : {context});
  const userAgent = `gc-session-k8s/${VERSION} (${process.platform}/${process.arch})`;
  return connect(connection, namespace, {deadline: call.deadline, userAgent});
}

import type {Call, Reply} from '../cli/operation.ts';
import type {Cluster} from '../kube/cluster.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {checkedSession} from '../pod/names.ts';

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
export function connected(call: Call): Promise<Cluster> {
  return openCluster('gc-session-k8s', call);
}

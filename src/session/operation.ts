import type {Call, Reply} from '../cli/operation.ts';
import type {Cluster} from '../kube/cluster.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {checkedSession} from '../pod/names.ts';

/** A call on one session, with the cluster to do it in. */
export interface SessionCall extends Call {
  readonly session: string;
  /** The arguments after the session's name. */
  readonly args: readonly string[];
  readonly cluster: Cluster;
}

/** Checks the session's name, finds the cluster and calls `run`; nothing is sent before its first request. */
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

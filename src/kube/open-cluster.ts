import {setting} from '../config/settings.ts';
import {log} from '../log.ts';
import type {Deadline} from '../time/deadline.ts';
import {VERSION} from '../version.ts';
import type {Cluster} from './cluster.ts';
import {connect} from './connect.ts';
import type {Connection} from './connection.ts';
import type {FirstAnswer} from './first-answer.ts';
import {resolveConnection} from './kubeconfig.ts';

export interface Opening {
  readonly env: NodeJS.ProcessEnv;
  readonly deadline: Deadline;
  /** Only for calls that a person waits for. */
  readonly firstAnswer?: FirstAnswer;
}

/** The cluster that the settings and the kubeconfig name; nothing is sent before the first request. */
export async function openCluster(
  program: string,
  {env, deadline, firstAnswer}: Opening,
): Promise<Cluster> {
  const namespace = setting(env, 'namespace');
  const {connection, userAgent} = await configuredConnection(program, env);
  return connect(connection, namespace, {deadline, userAgent, firstAnswer});
}

/** The connection that the settings and the kubeconfig name, and what this program calls itself on it. */
export async function configuredConnection(
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<{connection: Connection; userAgent: string}> {
  const connection = await resolveConnection(env, {
    context: setting(env, 'context'),
    onWarning: warning => log.warn('kubeconfig.warning', {warning}),
  });
  log.about({cluster: connection.contextName});
  const userAgent = `${program}/${VERSION} (${process.platform}/${process.arch})`;
  return {connection, userAgent};
}

import {setting} from '../config/settings.ts';
import {log} from '../log.ts';
import type {Deadline} from '../time/deadline.ts';
import {VERSION} from '../version.ts';
import type {Cluster} from './cluster.ts';
import {connect} from './connect.ts';
import {resolveConnection} from './kubeconfig.ts';

/** The cluster that the settings and the kubeconfig name; nothing is sent before the first request. */
export async function openCluster(
  program: string,
  {env, deadline}: {env: NodeJS.ProcessEnv; deadline: Deadline},
): Promise<Cluster> {
  const namespace = setting(env, 'namespace');
  const connection = await resolveConnection(env, {
    context: setting(env, 'context'),
    onWarning: warning => log.warn('kubeconfig.warning', {warning}),
  });
  log.about({cluster: connection.contextName});
  const userAgent = `${program}/${VERSION} (${process.platform}/${process.arch})`;
  return connect(connection, namespace, {deadline, userAgent});
}

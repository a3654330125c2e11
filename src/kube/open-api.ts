import {setting} from '../config/settings.ts';
import {log} from '../log.ts';
import type {Deadline} from '../time/deadline.ts';
import {VERSION} from '../version.ts';
import {ApiClient} from './api-client.ts';
import {HttpClient} from './http-client.ts';
import {resolveConnection} from './kubeconfig.ts';

/** The API server itself, for requests that `Cluster` has no method for. */
export interface Api {
  readonly client: ApiClient;
  readonly namespace: string;
  close(): void;
}

/** The API server that the settings and the kubeconfig name; nothing is sent before the first request. */
export async function openApi(
  program: string,
  {env, deadline}: {env: NodeJS.ProcessEnv; deadline: Deadline},
): Promise<Api> {
  const connection = await resolveConnection(env, {
    context: setting(env, 'context'),
    onWarning: warning => log.warn('kubeconfig.warning', {warning}),
  });
  log.about({cluster: connection.contextName});
  const userAgent = `${program}/${VERSION} (${process.platform}/${process.arch})`;
  const http = new HttpClient(connection, userAgent);
  return {
    client: new ApiClient(http, deadline),
    namespace: setting(env, 'namespace'),
    close: () => http.close(),
  };
}

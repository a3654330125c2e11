import {setting} from '../config/settings.ts';
import {ApiClient} from './api-client.ts';
import {HttpClient} from './http-client.ts';
import {configuredConnection, type Opening} from './open-cluster.ts';

/** The API server itself, for requests that `Cluster` has no method for. */
export interface Api {
  readonly client: ApiClient;
  readonly namespace: string;
  close(): void;
}

/** The API server that the settings and the kubeconfig name; nothing is sent before the first request. */
export async function openApi(
  program: string,
  {env, deadline, firstAnswer}: Opening,
): Promise<Api> {
  const {connection, userAgent} = await configuredConnection(program, env);
  const http = new HttpClient(connection, userAgent, firstAnswer);
  return {
    client: new ApiClient(http, deadline),
    namespace: setting(env, 'namespace'),
    close: () => http.close(),
  };
}

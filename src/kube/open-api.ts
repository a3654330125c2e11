import {setting} from '../config/settings.ts';
import type {Deadline} from '../time/deadline.ts';
import {ApiClient} from './api-client.ts';
import {HttpClient} from './http-client.ts';
import {configuredConnection} from './open-cluster.ts';

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
  const {connection, userAgent} = await configuredConnection(program, env);
  const http = new HttpClient(connection, userAgent);
  return {
    client: new ApiClient(http, deadline),
    namespace: setting(env, 'namespace'),
    close: () => http.close(),
  };
}

import type {Deadline} from '../time/deadline.ts';
import {ApiClient} from './api-client.ts';
import type {Cluster, ConfigMap, CoreEvent, Pod} from './cluster.ts';
import type {Connection} from './connection.ts';
import type {FirstAnswer} from './first-answer.ts';
import {HttpClient} from './http-client.ts';
import {CoreResources} from './resources.ts';

/** The cluster that a connection leads to. Nothing is sent, and no socket opened, before the first call. */
export function connect(
  connection: Connection,
  namespace: string,
  options: {deadline: Deadline; userAgent: string; firstAnswer?: FirstAnswer | undefined},
): Cluster {
  const {deadline, userAgent, firstAnswer} = options;
  return over(new HttpClient(connection, userAgent, firstAnswer), namespace, deadline);
}

function over(http: HttpClient, namespace: string, deadline: Deadline): Cluster {
  const api = new ApiClient(http, deadline);
  return {
    namespace,
    pods: new CoreResources<Pod>(api, namespace, 'pods', 'Pod'),
    configMaps: new CoreResources<ConfigMap>(api, namespace, 'configmaps', 'ConfigMap'),
    events: new CoreResources<CoreEvent>(api, namespace, 'events', 'Event'),
    exec: async request => (await import('./exec.ts')).execInPod(api, namespace, request),
    execTerminal: async request =>
      (await import('./exec.ts')).execOnTerminal(api, namespace, request),
    within: other => over(http, namespace, other),
    serverTimeMs: () => http.serverTimeMs(),
    close: () => http.close(),
  };
}

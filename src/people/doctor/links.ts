import {apiServer} from './api-server.ts';
import {dolt} from './dolt.ts';
import {eventLog} from './event-log.ts';
import {kubeconfig} from './kubeconfig.ts';
import {namespace} from './namespace.ts';
import {permissions} from './permissions.ts';
import {recentFailures} from './recent-failures.ts';
import {terminal} from './terminal.ts';
import {throwAwayPod} from './throw-away-pod.ts';
import type {Link} from './link.ts';

/** The chain, from this machine to the database an agent's work is kept in. */
export const links: readonly Link[] = [
  kubeconfig,
  apiServer,
  namespace,
  permissions,
  eventLog,
  recentFailures,
  throwAwayPod,
  terminal,
  dolt,
];

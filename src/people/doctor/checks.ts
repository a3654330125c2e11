import {apiServer} from './api-server.ts';
import {dolt} from './dolt.ts';
import {eventLog} from './event-log.ts';
import {kubeconfig} from './kubeconfig.ts';
import {namespace} from './namespace.ts';
import {permissions} from './permissions.ts';
import {recentFailures} from './recent-failures.ts';
import {terminal} from './terminal.ts';
import {testPod} from './test-pod.ts';
import type {Check} from './check.ts';

/** The chain, in order, from this machine to the database that stores the agents' work. */
export const checks: readonly Check[] = [
  kubeconfig,
  apiServer,
  namespace,
  permissions,
  eventLog,
  recentFailures,
  testPod,
  terminal,
  dolt,
];

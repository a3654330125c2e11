import type {Call} from '../cli/operation.ts';
import {setting} from '../config/settings.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {Deadline} from '../time/deadline.ts';
import {clockOf} from './clock.ts';
import {EventLog} from './event-log.ts';
import {advisoryLock} from './advisory-lock.ts';

/** After this time, `record` uses what is left of its deadline only to check its last write. */
const RECORD_MS = 25_000;

/** The event log of the configured namespace. */
export async function openEventLog(call: Call): Promise<EventLog> {
  const {configMaps} = await openCluster('gc-events-k8s', call);
  return new EventLog({configMaps, clock: clockOf(call.deadline)});
}

/** Like `openEventLog`, with the lock and the final check that only `record` needs. */
export async function openEventLogToRecord(call: Call): Promise<EventLog> {
  const cluster = await openCluster('gc-events-k8s', call);
  const claiming = new Deadline(RECORD_MS, {parent: call.deadline.signal, sinceMs: 0});
  return new EventLog({
    configMaps: cluster.within(claiming).configMaps,
    clock: clockOf(claiming),
    acquireLock: advisoryLock(`gc-events-k8s/${setting(call.env, 'namespace')}`),
    afterDeadline: {configMaps: cluster.configMaps, clock: clockOf(call.deadline)},
  });
}

import type {Call} from '../cli/operation.ts';
import {setting} from '../config/settings.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {Deadline} from '../time/deadline.ts';
import {clockOf} from './clock.ts';
import {EventLog} from './event-log.ts';
import {turnsOf} from './turn.ts';

/** From here to its deadline, a record only finds out what became of its last write. */
const RECORD_MS = 25_000;

/** The event log of the namespace that the settings name. */
export async function openEventLog(call: Call): Promise<EventLog> {
  const {configMaps} = await openCluster('gc-events-k8s', call);
  return new EventLog({configMaps, clock: clockOf(call.deadline)});
}

/** As `openEventLog`, with what only a record needs. */
export async function openEventLogToRecord(call: Call): Promise<EventLog> {
  const cluster = await openCluster('gc-events-k8s', call);
  const claiming = new Deadline(RECORD_MS, {parent: call.deadline.signal, sinceMs: 0});
  return new EventLog({
    configMaps: cluster.within(claiming).configMaps,
    clock: clockOf(claiming),
    takeTurn: turnsOf(`gc-events-k8s/${setting(call.env, 'namespace')}`),
    lastLook: {configMaps: cluster.configMaps, clock: clockOf(call.deadline)},
  });
}

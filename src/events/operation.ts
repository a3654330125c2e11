import type {Call} from '../cli/operation.ts';
import {setting} from '../config/settings.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {clockOf} from './clock.ts';
import {EventLog} from './event-log.ts';
import {turnsOf} from './turn.ts';

/** The event log of the namespace that the settings name. */
export async function openEventLog(call: Call): Promise<EventLog> {
  const {configMaps} = await openCluster('gc-events-k8s', call);
  const takeTurn = turnsOf(`gc-events-k8s/${setting(call.env, 'namespace')}`);
  return new EventLog({configMaps, clock: clockOf(call.deadline), takeTurn});
}

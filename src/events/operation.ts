import type {Call} from '../cli/operation.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {clockOf} from './clock.ts';
import {EventLog} from './event-log.ts';

/** The event log of the namespace that the settings name. */
export async function openEventLog(call: Call): Promise<EventLog> {
  const {configMaps} = await openCluster('gc-events-k8s', call);
  return new EventLog({configMaps, clock: clockOf(call.deadline)});
}

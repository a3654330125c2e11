import {setting} from '../../config/settings.ts';
import {clockOf} from '../../events/clock.ts';
import {EventLog} from '../../events/event-log.ts';
import type {Store} from '../../events/store.ts';
import {advisoryLock} from '../../events/advisory-lock.ts';
import {openCluster} from '../../kube/open-cluster.ts';
import type {PeopleCall} from '../command.ts';

/** The event log of the namespace, and its store. */
export async function openLog(call: PeopleCall): Promise<{log: EventLog; store: Store}> {
  const {configMaps} = await openCluster('gc-k8s', call);
  const takeTurn = advisoryLock(`gc-events-k8s/${setting(call.env, 'namespace')}`);
  const store = {configMaps, clock: clockOf(call.deadline), takeTurn};
  return {log: new EventLog(store), store};
}

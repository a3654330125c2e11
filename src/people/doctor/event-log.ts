import {clockOf} from '../../events/clock.ts';
import {readCounter} from '../../events/sequence.ts';
import {highestNumber, type Store} from '../../events/store.ts';
import {counted} from '../counted.ts';
import {failed, ok} from './finding.ts';
import {within} from './context.ts';
import type {Check} from './check.ts';

/** Listing 20,000 events takes a few seconds. */
const TIMEOUT_MS = 20_000;

/** Checks that the counter exists and agrees with the events. */
export const eventLog: Check = {
  names: ['event log'],
  needs: ['api server', 'namespace'],
  todo: 'see that ConfigMaps of the namespace can be read',
  async *run(context) {
    const [counter, highest] = await within(context, TIMEOUT_MS, ({configMaps}, deadline) =>
      look({configMaps, clock: clockOf(deadline)}),
    );
    if (counter === undefined && highest === 0) {
      yield ok('event log', 'empty: nothing was recorded yet');
    } else if (counter === undefined) {
      yield failed(
        'event log',
        `its counter, ConfigMap gc-events-seq, is gone; the events go up to ${highest}`,
        'gc-events-k8s ensure-running makes it anew from them, as the next record will; find out who deleted it',
      );
    } else if (counter.seq < highest) {
      yield failed(
        'event log',
        `its counter says ${counter.seq}, but there is an event ${highest}: an old counter was put back`,
        'the next record goes on above the highest event; find out who restored ConfigMap gc-events-seq',
      );
    } else {
      const {length} = counter.pendings;
      const late = length === 0 ? '' : `, the newest ${length} still in the counter`;
      yield ok('event log', `${counted(counter.seq, 'number')} taken${late}`);
    }
  },
};

async function look(store: Store) {
  return [await readCounter(store), await highestNumber(store)] as const;
}

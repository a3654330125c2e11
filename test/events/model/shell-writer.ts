import {isKubeFailure} from '../../../src/errors.ts';
import {eventName} from '../../../src/events/codec.ts';
import type {Store} from '../../../src/events/store.ts';
import {unversioned} from './server.ts';

/**
 * The shell provider's `record`, step by step: reads the counter, replaces it with the next number
 * under its resourceVersion (three tries), then applies the event object, whatever is there.
 */
export async function recordLikeTheShell(
  {configMaps, clock}: Store,
  text: (seq: number) => string,
  slownessMs: number,
): Promise<number> {
  const number = await takeNumber({configMaps, clock});
  await clock.sleep(clock.random() * slownessMs);
  const name = eventName(number);
  const labels = {'app.kubernetes.io/managed-by': 'gascity', 'gc/component': 'event'};
  const object = {metadata: {name, labels}, data: {event: text(number)}};
  try {
    const current = await configMaps.get(name);
    const metadata = {...unversioned(current), labels};
    await configMaps.replace({...current, metadata, data: object.data});
  } catch (error) {
    if (!isKubeFailure(error, 'notFound')) throw error;
    await configMaps.create(object);
  }
  return number;
}

async function takeNumber({configMaps}: Store): Promise<number> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const counter = await configMaps.get('gc-events-seq');
    const number = Number(counter.data?.seq) + 1;
    try {
      await configMaps.replace({...counter, data: {...counter.data, seq: String(number)}});
      return number;
    } catch (error) {
      if (!isKubeFailure(error, 'conflict')) throw error;
    }
  }
  throw new Error('CAS failed after 3 attempts');
}

import {expect, it} from 'vitest';
import {KubeError} from '../../src/errors.ts';
import {prune} from '../../src/events/prune.ts';
import {readOrRebuildCounter} from '../../src/events/sequence.ts';
import {EventLog} from '../../src/events/event-log.ts';
import type {Store} from '../../src/events/store.ts';
import {play} from './model/play.ts';

/** What an admission webhook that is down makes of a write: an answer at once, and nothing done. */
const refused = () =>
  new KubeError('failed calling webhook', {
    failure: 'unavailable',
    status: 500,
    detail: 'failed calling webhook',
    outcomeUnknown: true,
  });

/** The store, its first three writes of a kind refused; notes how long was waited. */
function refusing(store: Store, method: 'create' | 'delete'): {store: Store; waits: number[]} {
  const waits: number[] = [];
  let left = 3;
  const configMaps = new Proxy(store.configMaps, {
    get(target, name: keyof Store['configMaps']) {
      const call = target[name].bind(target) as () => unknown;
      return name === method && left-- > 0 ? () => Promise.reject(refused()) : call;
    },
  });
  const sleep = (ms: number) => {
    waits.push(ms);
    return store.clock.sleep(ms);
  };
  return {store: {configMaps, clock: {...store.clock, sleep}}, waits};
}

it('the counter is made again after pauses', () =>
  play(async ({store}) => {
    const failing = refusing(store, 'create');
    expect((await readOrRebuildCounter(failing.store)).seq).toBe(0);
    expect(failing.waits).toHaveLength(3);
    expect(failing.waits.every(ms => ms > 0)).toBe(true);
  }));

it('an event is deleted again after pauses', () =>
  play(async ({store}) => {
    const log = new EventLog(store);
    for (let n = 0; n < 2; n += 1) await log.record('{}');
    const failing = refusing(store, 'delete');
    const nowMs = store.clock.wallMs();
    expect(await prune(failing.store, {keep: 1, nowMs, minAgeMs: 0})).toMatchObject({deleted: 1});
    expect(failing.waits).toHaveLength(3);
    expect(failing.waits.every(ms => ms > 0)).toBe(true);
  }));

import type {FaultAction} from '../../dev-cluster/faults.ts';
import {describe, expect, it} from 'vitest';
import {whileRuns} from '../kit/while-runs.ts';
import {city, pruned, type LogCity} from './log-city.ts';
import {
  BIG,
  configMaps,
  counterOf,
  event,
  justBefore,
  LOST,
  names,
  putConfigMap,
  requested,
  types,
  withFirst,
  writeCounter,
} from './log-objects.ts';

describe('a watcher that finishes what a dead writer began', () => {
  /** The writer died after its number was taken. */
  async function withDeadWriter(): Promise<LogCity> {
    const own = await withFirst();
    putConfigMap(own, 'gc-evtp-dead', {immutable: true, data: {event: `{"seq":0,${BIG.slice(1)}`}});
    writeCounter(own, {seq: '2', 'pending.0000000002.dead': 'staged'});
    return own;
  }

  /** What it prints of the event, and no complaint. */
  async function given(own: LogCity): Promise<void> {
    const watching = own.begin('watch 1');
    const printed = await watching.says(text => text !== '');
    expect(printed).toMatch(/^\{"seq":2,[^\n]*"type":"big"/);
    await whileRuns(watching.done, requested(own, 'DELETE'));
    // Whatever came of that, it goes on.
    await own.log.record(event('third'));
    await watching.says(text => text.includes('"seq":3'));
    watching.signal('SIGTERM');
    expect((await watching.done).stderr).toBe('');
    expect(await types(own)).toEqual(['1 first', '2 big', '3 third']);
  }

  it.each(LOST)('goes on when its write meets %s', async (_, action) => {
    for (const method of ['POST', 'DELETE']) {
      const own = await withDeadWriter();
      own.dev.faults.add({match: {method}, action});
      await given(own);
    }
  });

  it('needs no right to delete, and minds no other who was quicker', async () => {
    const reader = await withDeadWriter();
    reader.dev.access.deny({resource: 'configmaps', verb: 'delete'});
    await given(reader);
    const late = await withDeadWriter();
    justBefore(late, {method: 'DELETE'}, () => {
      const staged = configMaps(late).find(({metadata}) => metadata.name === 'gc-evtp-dead');
      if (staged) late.dev.store.remove('configmaps', staged);
    });
    await given(late);
  });
});

describe('pruning', () => {
  const OLD = '2020-01-01T00:00:00Z';
  const KEEP_TWO = {GC_K8S_EVENTS_KEEP: '2', GC_K8S_EVENTS_MAX_AGE: '0'};

  async function withFive(): Promise<LogCity> {
    const own = await city();
    for (let number = 1; number <= 5; number += 1) await own.log.record(event('old'));
    for (const each of configMaps(own)) {
      const metadata = {...each.metadata, creationTimestamp: OLD};
      own.dev.store.put('configmaps', {...each, metadata});
    }
    // The next writer would let go of the last event.
    writeCounter(own, {seq: '5'});
    return own;
  }

  const left = ['gc-events-seq', 'gc-evt-0000000004', 'gc-evt-0000000005'];

  it.each<[string, FaultAction]>([
    ...LOST,
    ['409 before its effect', {type: 'status', code: 409, reason: 'Conflict'}],
  ])('deletes what is too old when any write meets %s', async (name, action) => {
    for (const method of name.startsWith('409') ? ['PUT'] : ['PUT', 'DELETE']) {
      const own = await withFive();
      own.dev.faults.add({match: {method}, action});
      const [code, stdout, stderr] = await pruned(own, KEEP_TWO);
      expect([method, code, stderr]).toEqual([method, 0, '']);
      expect(stdout).toMatch(/^pruned [23] events, the log begins at 4\n$/);
      expect(names(own).toSorted()).toEqual(left);
      expect(counterOf(own).data.floor).toBe('4');
    }
  });
});

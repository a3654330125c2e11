import {describe, expect, it} from 'vitest';
import {whileRuns} from '../kit/while-runs.ts';
import {city} from './log-city.ts';
import {
  anotherIsQuicker,
  BIG,
  counterOf,
  event,
  justBefore,
  line,
  LOST,
  names,
  putConfigMap,
  putEvent,
  requested,
  times,
  types,
  withFirst,
  writeCounter,
} from './log-objects.ts';

describe('an empty log', () => {
  it.each(LOST)('gets its counter when the create meets %s', async (_, action) => {
    const own = await city();
    own.dev.faults.add({match: {method: 'POST'}, action});
    expect(await own.gc('ensure-running')).toEqual([0, '', '']);
    expect(names(own)).toEqual(['gc-events-seq']);
  });

  it('has the counter that another made meanwhile', async () => {
    const own = await city();
    justBefore(own, {method: 'POST'}, () => putConfigMap(own, 'gc-events-seq', {data: {seq: '5'}}));
    expect(await own.gc('ensure-running')).toEqual([0, '', '']);
    expect(await own.gc('latest-seq')).toEqual([0, '5\n', '']);
  });

  it('is not beset while its counter cannot be made, and the cause is told', async () => {
    const own = await city();
    const message = 'failed calling webhook "names.example"';
    const action = {type: 'status', code: 500, message} as const;
    own.dev.faults.add({match: {method: 'POST', times: Infinity}, action});
    const call = own.begin('ensure-running');
    await whileRuns(call.done, requested(own, 'POST', 5));
    const [first = 0, , , , fifth = 0] = times(own, 'POST');
    // 50, 100, 200 and 400 ms.
    expect(fifth - first).toBeGreaterThan(700);
    call.signal('SIGTERM');
    expect((await call.done).stderr).toMatch(/^ensure-running: [^\n]+\n$/);
  });
});

describe('a number', () => {
  it('is known again for one’s own when others have seen to the event since', async () => {
    const own = await withFirst();
    // They gave it its object, and let go of it in the counter, before the writer looked.
    const leave = own.dev.store.subscribe(({object}) => {
      const data = object.data as Record<string, string>;
      const key = Object.keys(data).find(each => each.startsWith('pending.0000000002.'));
      if (key === undefined) return;
      leave();
      const id = key.slice('pending.0000000002.'.length);
      putEvent(own, 2, data[key] ?? '', id);
      writeCounter(own, {seq: '2'});
    });
    own.dev.faults.add({match: {method: 'PUT'}, action: {type: 'cut', when: 'after'}});
    expect(await own.gc('record', event('second'))).toEqual([0, '', '']);
    expect(await own.log.events()).toEqual([line(1, 'first'), line(2, 'second')]);
  });

  it('is one’s own when the write that seemed lost comes in before the next one', async () => {
    const own = await withFirst();
    own.dev.faults.add({match: {method: 'PUT'}, action: {type: 'cut', when: 'before'}});
    justBefore(own, {method: 'PUT', nth: 2}, () => {
      // A big event waits in an object of its own, whose name tells the record.
      const id = names(own)
        .find(name => name.startsWith('gc-evtp-'))
        ?.slice('gc-evtp-'.length);
      writeCounter(own, {...counterOf(own).data, seq: '2', [`pending.0000000002.${id}`]: 'staged'});
    });
    expect(await own.gc('record', BIG)).toEqual([0, '', '']);
    expect(await types(own)).toEqual(['1 first', '2 big']);
  });

  it('that turns out to be another’s is left, and the next one taken', async () => {
    const own = await withFirst();
    // The counter was put back: it does not know the event that is there.
    justBefore(own, {method: 'POST'}, () => putEvent(own, 2, line(2, 'theirs'), 'theirs'));
    expect(await own.gc('record', event('ours'))).toEqual([0, '', '']);
    expect(await types(own)).toEqual(['1 first', '2 theirs', '3 ours']);
  });

  it('is taken from the counter as it is by now', async () => {
    const own = await withFirst();
    anotherIsQuicker(own);
    expect(await own.gc('record', event('ours'))).toEqual([0, '', '']);
    expect(await types(own)).toEqual(['1 first', '2 theirs', '3 ours']);
  });

  it('is not one’s own because the write for it was lost: another has it by now', async () => {
    const own = await withFirst();
    anotherIsQuicker(own);
    own.dev.faults.add({match: {method: 'PUT'}, action: {type: 'cut', when: 'before'}});
    expect(await own.gc('record', event('ours'))).toEqual([0, '', '']);
    expect(await types(own)).toEqual(['1 first', '2 theirs', '3 ours']);
  });

  it('is taken although the counter is deleted under the write', async () => {
    const own = await withFirst();
    justBefore(own, {method: 'PUT'}, () => own.dev.store.remove('configmaps', counterOf(own)));
    expect(await own.gc('record', event('second'))).toEqual([0, '', '']);
    expect(await types(own)).toEqual(['1 first', '2 second']);
  });
});

describe('a big event, which waits in an object of its own', () => {
  it.each(LOST)('is there once, and waits no more, when any write meets %s', async (_, action) => {
    // Its waiting place, the counter, its own object.
    for (const match of [{method: 'POST'}, {method: 'PUT'}, {method: 'POST', nth: 2}]) {
      const own = await withFirst();
      own.dev.faults.add({match, action});
      expect([match, ...(await own.gc('record', BIG))]).toEqual([match, 0, '', '']);
      expect([match, ...(await types(own))]).toEqual([match, '1 first', '2 big']);
      expect(names(own).filter(name => name.startsWith('gc-evtp-'))).toEqual([]);
    }
  });
});

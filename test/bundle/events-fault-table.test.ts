import {describe, expect, it, vi} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import {whileRuns} from '../kit/while-runs.ts';
import type {LogCity} from './log-city.ts';
import {event, line, withFirst} from './log-objects.ts';
import {
  exchangesOf,
  logOf,
  OPERATIONS,
  survives,
  wantedOf,
  type Operation,
} from './log-operations.ts';

/** What heals when it is asked again. */
const HEALING: [string, FaultAction][] = [
  ['429', {type: 'status', code: 429, reason: 'TooManyRequests', retryAfterSeconds: 1}],
  ['500', {type: 'status', code: 500, reason: 'InternalError'}],
  ['503', {type: 'status', code: 503, reason: 'ServiceUnavailable'}],
  ['504', {type: 'status', code: 504, reason: 'Timeout'}],
  ['a cut before the effect', {type: 'cut', when: 'before'}],
  ['a cut after the effect', {type: 'cut', when: 'after'}],
  ['a slow answer', {type: 'delay', milliseconds: 1000}],
];

/** The same of what may be a write. */
const HEALING_WRITES: typeof HEALING = [
  ...HEALING,
  ['409', {type: 'status', code: 409, reason: 'Conflict'}],
  ['500 after the effect', {type: 'status', code: 500, when: 'after'}],
  ['504 after the effect', {type: 'status', code: 504, when: 'after'}],
];

/** The numbers of the exchanges that read, and of those that write. */
async function numbers(operation: Operation) {
  const methods = await exchangesOf(operation);
  const all = methods.map((method, at) => ({method, number: at + 1}));
  return {
    reads: all.filter(({method}) => method === 'GET').map(({number}) => number),
    writes: all.filter(({method}) => method !== 'GET').map(({number}) => number),
  };
}

describe.each(OPERATIONS)('%s', (...operation) => {
  const [name, stdin, printed] = operation as Operation;

  it('is right when any of its reads meets all that heals, one after the other', async () => {
    const {reads} = await numbers(operation as Operation);
    const actions = HEALING.map(([, action]) => action);
    await Promise.all(reads.map(read => survives(operation as Operation, read, actions)));
  });

  it.each([86_400, -86_400])('does not mind a clock that is %i s ahead', async seconds => {
    const own = await withFirst();
    own.dev.faults.add({match: {}, action: {type: 'clock-skew', seconds}});
    expect(await own.gc(name, stdin)).toEqual([0, printed, '']);
    expect(await logOf(own)).toEqual(wantedOf(name));
  });
});

describe('record', () => {
  it.each(HEALING_WRITES)('is right in spite of %s at any of its writes', async (_, action) => {
    const record = OPERATIONS[1];
    const {writes} = await numbers(record);
    expect(writes).toHaveLength(2);
    await Promise.all(writes.map(write => survives(record, write, [action])));
  });
});

/** What a watch must get over, at its stream or at the request for it. */
const STREAMS: [string, FaultAction][] = [
  ['ends', {type: 'watch', how: 'end'}],
  ['ends after an event', {type: 'watch', how: 'end', afterEvents: 1}],
  ['is cut', {type: 'watch', how: 'cut'}],
  ['is cut after an event', {type: 'watch', how: 'cut', afterEvents: 1}],
  ['is told 410', {type: 'watch', how: 'gone'}],
  ['is told 410 after an event', {type: 'watch', how: 'gone', afterEvents: 1}],
  ['is answered 410', {type: 'watch', how: 'gone-status'}],
  ['is answered 429', {type: 'status', code: 429, retryAfterSeconds: 1}],
  ['is answered 500', {type: 'status', code: 500}],
  ['is answered 503', {type: 'status', code: 503}],
  ['is answered 504', {type: 'status', code: 504}],
  ['is answered late', {type: 'delay', milliseconds: 1000}],
  ['is cut before its answer', {type: 'cut', when: 'before'}],
  ['is cut after its answer', {type: 'cut', when: 'after'}],
];

describe('watch', () => {
  const names = ['first', 'second', 'third', 'fourth'];
  const all = names.map((name, at) => `${line(at + 1, name)}\n`).join('');

  const streams = ({dev}: LogCity) => dev.requests.filter(({verb}) => verb === 'watch').length;

  /**
   * Watches while three more events are recorded; gives what was printed, once it is all and so many
   * streams were asked for.
   */
  async function watched(own: LogCity, wantedStreams: number): Promise<string> {
    const watching = own.begin('watch 0');
    const streamed = (count: number) =>
      whileRuns(
        watching.done,
        vi.waitUntil(() => streams(own) >= count, 30_000),
      );
    await streamed(1);
    for (const name of names.slice(1)) await own.log.record(event(name));
    const printed = await watching.says(text => text.split('\n').length > names.length);
    await streamed(wantedStreams);
    watching.signal('SIGTERM');
    await watching.done;
    return printed;
  }

  it.each(STREAMS)('tells every event once and in order when its stream %s', async (_, action) => {
    const own = await withFirst();
    own.dev.faults.add({match: {verb: 'watch'}, action});
    expect(await watched(own, action.type === 'delay' ? 1 : 2)).toBe(all);
  });

  it('tells them when its first reads fail, too', async () => {
    await Promise.all(
      HEALING.map(async ([name, action]) => {
        const own = await withFirst();
        own.dev.faults.add({match: {method: 'GET', nth: 1}, action});
        const watching = own.begin('watch 0');
        const printed = await watching.says(text => text !== '');
        expect([name, printed]).toEqual([name, `${line(1, 'first')}\n`]);
        watching.signal('SIGTERM');
        await watching.done;
      }),
    );
  });

  it('says so in one line when its credentials expire under it', async () => {
    const own = await withFirst();
    own.dev.faults.add({
      match: {verb: 'watch'},
      action: {type: 'watch', how: 'end', afterEvents: 1},
    });
    const watching = own.begin('watch 0');
    await watching.says(text => text !== '');
    own.dev.faults.add({match: {}, action: {type: 'expired-token'}});
    // An open stream outlives its token: any change is the end of this one.
    await vi.waitUntil(() => streams(own) > 0, 30_000);
    const [counter] = own.dev.store.list('configmaps', undefined);
    if (counter === undefined) throw new Error('there is no log');
    own.dev.store.put('configmaps', counter);
    const {code, stdout, stderr} = await watching.done;
    expect([code, stdout]).toEqual([1, `${line(1, 'first')}\n`]);
    expect(stderr).toMatch(/^watch 0: [^\n]*does not accept these credentials[^\n]*\n$/);
  });
});

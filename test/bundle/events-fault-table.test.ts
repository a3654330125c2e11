import {describe, expect, it, vi} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import {city} from './log-city.ts';

const event = (name: string): string => `{"ts":"2026-01-01T00:00:00Z","type":"${name}"}`;
const line = (seq: number, name: string): string =>
  `{"seq":${seq},"ts":"2026-01-01T00:00:00Z","type":"${name}"}`;

/** Each operation, what it reads, and what it prints of a log with the one event `first`. */
const OPERATIONS = [
  ['ensure-running', '', ''],
  ['record', event('second'), ''],
  ['list', '{}', `[${line(1, 'first')}]\n`],
  ['latest-seq', '', '1\n'],
] as const;

/** What heals when it is asked again. */
const HEALING: [string, FaultAction][] = [
  ['409', {type: 'status', code: 409, reason: 'Conflict'}],
  ['429', {type: 'status', code: 429, reason: 'TooManyRequests', retryAfterSeconds: 1}],
  ['500', {type: 'status', code: 500, reason: 'InternalError'}],
  ['500 after the effect', {type: 'status', code: 500, when: 'after'}],
  ['503', {type: 'status', code: 503, reason: 'ServiceUnavailable'}],
  ['504 after the effect', {type: 'status', code: 504, when: 'after'}],
  ['a slow answer', {type: 'delay', milliseconds: 1000}],
  ['a cut before the effect', {type: 'cut', when: 'before'}],
  ['a cut after the effect', {type: 'cut', when: 'after'}],
];

type City = Awaited<ReturnType<typeof city>>;

async function withFirst(): Promise<City> {
  const own = await city();
  await own.log.record(event('first'));
  own.dev.clearRequests();
  return own;
}

const known = new Map<string, readonly string[]>();

/** The methods of an operation's exchanges when all is well. */
async function exchanges(operation: string, stdin: string): Promise<readonly string[]> {
  const methods = known.get(operation);
  if (methods !== undefined) return methods;
  const own = await withFirst();
  await own.gc(operation, stdin);
  const found = own.dev.requests.map(({method}) => method);
  known.set(operation, found);
  return found;
}

/** The log as a reader finds it afterwards. */
async function logOf(own: City): Promise<readonly string[]> {
  own.dev.faults.clear();
  return own.log.events();
}

type Operation = (typeof OPERATIONS)[number];

const wantedOf = (operation: string): string[] =>
  operation === 'record' ? [line(1, 'first'), line(2, 'second')] : [line(1, 'first')];

/** Runs the operation with the fault at each of its exchanges that it concerns. */
async function survives(
  [operation, stdin, printed]: Operation,
  [name, action]: (typeof HEALING)[number],
): Promise<void> {
  const methods = await exchanges(operation, stdin);
  expect(methods.length).toBeGreaterThan(0);
  // No read is ever in conflict.
  const isConcerned = (method: string): boolean => name !== '409' || method !== 'GET';
  const rows = methods.map(async (method, at) => {
    if (!isConcerned(method)) return;
    const own = await withFirst();
    own.dev.faults.add({match: {nth: at + 1}, action});
    const what = `${operation}: ${name} at exchange ${at + 1}, ${method}`;
    if (name === 'a hang' && method === 'PUT') {
      // Whether it took effect nobody can know: not done again, and told.
      const [code, , stderr] = await own.gc(operation, stdin);
      expect([what, code]).toEqual([what, 1]);
      expect(stderr, what).toMatch(
        /^record: the event may have been recorded as number 2[^\n]*\n$/,
      );
      expect(await logOf(own)).toEqual([line(1, 'first')]);
      return;
    }
    expect([what, ...(await own.gc(operation, stdin))]).toEqual([what, 0, printed, '']);
    expect([what, ...(await logOf(own))]).toEqual([what, ...wantedOf(operation)]);
    expect([what, await own.log.latest()]).toEqual([what, wantedOf(operation).length]);
  });
  await Promise.all(rows);
}

describe.each(OPERATIONS)('%s', (...operation) => {
  const [name, stdin, printed] = operation;

  it.each(HEALING)('is right in spite of %s at any of its exchanges', async (...fault) => {
    await survives(operation as Operation, fault);
  });

  it.each([86_400, -86_400])('does not mind a clock that is %i s ahead', async seconds => {
    const own = await withFirst();
    own.dev.faults.add({match: {}, action: {type: 'clock-skew', seconds}});
    expect(await own.gc(name, stdin)).toEqual([0, printed, '']);
    expect(await logOf(own)).toEqual(wantedOf(name));
  });
});

const LASTING = [
  ['an expired token', {type: 'expired-token'}, /does not accept these credentials/],
  ['500', {type: 'status', code: 500, message: 'etcd is away'}, /etcd is away/],
  ['429', {type: 'status', code: 429, retryAfterSeconds: 1, message: 'too busy'}, /too busy/],
  ['403', {type: 'status', code: 403, message: 'not for you'}, /not for you/],
] as const;

const HANGS: [string, FaultAction][] = [
  ['a hang', {type: 'hang'}],
  ['a hang after the effect', {type: 'hang', when: 'after'}],
];

async function fails(
  [operation, stdin]: Operation,
  [name, action, why]: (typeof LASTING)[number],
): Promise<void> {
  const own = await withFirst();
  own.dev.faults.add({match: {times: 1_000_000}, action});
  const [code, stdout, stderr] = await own.gc(operation, stdin);
  const what = `${operation}: ${name}`;
  expect([what, code, stdout]).toEqual([what, 1, '']);
  expect(stderr, what).toMatch(new RegExp(`^${operation}: [^\\n]*${why.source}[^\\n]*\\n$`));
  expect(await logOf(own)).toEqual([line(1, 'first')]);
}

// Side by side: they take their whole time.
it('every operation gets over what is never answered, and tells the cause of what lasts', async () => {
  await Promise.all([
    ...LASTING.flatMap(fault => OPERATIONS.map(operation => fails(operation, fault))),
    ...HANGS.flatMap(hang => OPERATIONS.map(operation => survives(operation, hang))),
  ]);
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
  ['is answered late', {type: 'delay', milliseconds: 1000}],
  ['is cut before its answer', {type: 'cut', when: 'before'}],
];

describe('watch', () => {
  const names = ['first', 'second', 'third', 'fourth'];
  const all = names.map((name, at) => `${line(at + 1, name)}\n`).join('');

  const streams = ({dev}: City) => dev.requests.filter(({verb}) => verb === 'watch').length;

  /**
   * Watches while three more events are recorded; gives what was printed, once it is all and so many
   * streams were asked for.
   */
  async function watched(own: City, wantedStreams: number): Promise<string> {
    const watching = own.begin('watch 0');
    const isWhole = new Promise<string>(resolve =>
      watching.onOutput(text => {
        if (text.split('\n').length > names.length) resolve(text);
      }),
    );
    const died = watching.done.then(
      ({code, stderr}) => `died with ${code ?? 'a signal'}: ${stderr}`,
    );
    await vi.waitUntil(() => streams(own) > 0, 30_000);
    for (const name of names.slice(1)) await own.log.record(event(name));
    const printed = await Promise.race([isWhole, died]);
    await vi.waitUntil(() => streams(own) >= wantedStreams, 30_000);
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
    for (const [name, action] of HEALING.filter(([each]) => each !== '409')) {
      const own = await withFirst();
      own.dev.faults.add({match: {method: 'GET', nth: 1}, action});
      const watching = own.begin('watch 0');
      const printed = new Promise<string>(resolve => watching.onOutput(resolve));
      expect([name, await printed]).toEqual([name, `${line(1, 'first')}\n`]);
      watching.signal('SIGTERM');
      await watching.done;
    }
  });

  it('says so in one line when its credentials expire under it', async () => {
    const own = await withFirst();
    own.dev.faults.add({
      match: {verb: 'watch'},
      action: {type: 'watch', how: 'end', afterEvents: 1},
    });
    const watching = own.begin('watch 0');
    await new Promise<void>(resolve => watching.onOutput(() => resolve()));
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

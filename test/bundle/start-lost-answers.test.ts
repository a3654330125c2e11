import {describe, expect, it, vi} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import type {ApiObject} from '../../dev-cluster/store/object.ts';
import type {Run} from '../../src/run/run.ts';
import {whileRuns} from '../kit/while-runs.ts';
import {city, exchanges, podUntil, type City} from './city.ts';
import {ONE_LINE, summary, type Ended} from './program.ts';

const CREATE = {method: 'POST', resource: 'pods'};

const creates = (own: City): number => exchanges(own).filter(each => each === 'create pods').length;

/** Waits for something that a start does. */
const until = (ended: Promise<Ended>, isSo: () => boolean): Promise<unknown> =>
  whileRuns(ended, vi.waitUntil(isSo, {timeout: 30_000, interval: 5}));

const refused = (code: number, message: string): FaultAction => ({
  ...{type: 'status', code, message},
  reason: code === 409 ? 'Conflict' : 'Forbidden',
});

const QUOTA = 'exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4';

describe('a start whose create is refused for now', () => {
  it.each([
    ['another create changed the quota under it', refused(409, 'please apply your changes')],
    ['the quota is used up, and one of its pods is about to go', refused(403, QUOTA)],
  ])('because %s creates again', async (_, action) => {
    const own = await city();
    own.dev.faults.add({match: CREATE, action});
    expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
    expect([creates(own), own.pods().length]).toEqual([2, 1]);
  });

  it('for longer than it has says so at once', async () => {
    const own = await city();
    const action = {type: 'status', code: 429, message: 'come later', retryAfterSeconds: 200};
    own.dev.faults.add({match: CREATE, action: action as FaultAction});
    const {code, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain('the server is overloaded: come later');
    expect(own.pods()).toEqual([]);
  });
});

describe('a start that is interrupted while its create is under way', () => {
  async function interrupted(own: City, when: 'before' | 'after', nth = 1) {
    own.dev.faults.add({match: {...CREATE, nth}, action: {type: 'hang', when}});
    const {ended, interrupt} = own.begin('start mayor', {stdin: '{}'});
    await until(ended, () => creates(own) >= nth);
    interrupt();
    const {code, stderr} = await ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain('interrupted by SIGINT while creating the pod');
  }

  it('deletes the pod that the create made all the same', async () => {
    const own = await city();
    await interrupted(own, 'after');
    expect(own.dev.store.list('pods', 'default')).toEqual([]);
  });

  it('tells of the create, no more of the pod before it that is gone by now', async () => {
    const own = await city();
    await own.session('mayor');
    own.dev.pod('mayor').end({exitCode: 0});
    await interrupted(own, 'after', 2);
    expect(own.dev.store.list('pods', 'default')).toEqual([]);
  });

  it('leaves the pod that holds the name of another’s start', async () => {
    const own = await city();
    const other = await own.session('mayor');
    await interrupted(own, 'before');
    expect(own.pods().map(({metadata}) => metadata.uid)).toEqual([other.metadata.uid]);
  });
});

describe('stop', () => {
  it.each<[string, FaultAction]>([
    ['was replaced meanwhile', refused(409, 'the UID in the precondition does not match')],
    ['is gone already', {type: 'status', code: 404, reason: 'NotFound'}],
  ])('of a session whose pod %s is done', async (_, action) => {
    const own = await city();
    await own.session('mayor');
    own.dev.faults.add({match: {method: 'DELETE'}, action});
    expect(summary(await own.run('stop mayor'))).toBe('0 ');
  });
});

describe('the result record', () => {
  const ONE_SHOT = '{"lifecycle": "one_shot"}';

  const records = ({dev}: City): Run[] =>
    dev.store
      .list('configmaps', 'default')
      .filter(({metadata}) => metadata.name.startsWith('gc-run-'))
      .map(({data}: ApiObject) => JSON.parse((data as {result: string}).result) as Run);

  const RECORD = {resource: 'configmaps'};

  it('of a start that was interrupted says that it was stopped', async () => {
    const own = await city();
    own.dev.faults.add({match: {}, action: {type: 'pod', how: 'unschedulable'}});
    const {ended, interrupt} = own.begin('start mayor', {stdin: ONE_SHOT});
    const isTold = (pod: ApiObject) => JSON.stringify(pod.status).includes('Unschedulable');
    await whileRuns(ended, podUntil(own.dev, 'mayor', isTold));
    await until(ended, () => records(own).length > 0);
    interrupt();
    expect((await ended).code).toBe(130);
    const [record, ...others] = records(own);
    expect(others).toEqual([]);
    expect(record).toMatchObject({session: 'mayor', state: 'cancelled', reason: 'stopped'});
  });

  it('is not made for a start that was interrupted before it had a pod', async () => {
    const own = await city();
    own.dev.faults.add({match: CREATE, action: {type: 'hang'}});
    const {ended, interrupt} = own.begin('start mayor', {stdin: ONE_SHOT});
    await until(ended, () => creates(own) > 0);
    interrupt();
    expect((await ended).code).toBe(130);
    expect(records(own)).toEqual([]);
  });

  it.each<[string, FaultAction]>([
    ['a cut before its effect', {type: 'cut', when: 'before'}],
    ['a cut after its effect', {type: 'cut', when: 'after'}],
    ['503', {type: 'status', code: 503}],
    ['a conflict', refused(409, 'the object has been modified')],
  ])('is there, and nothing is warned of, when a write of it meets %s', async (name, action) => {
    for (const method of name === 'a conflict' ? ['PUT'] : ['POST', 'PUT']) {
      const own = await city();
      own.dev.faults.add({match: {...RECORD, method}, action});
      expect([method, summary(await own.run('start mayor', {stdin: ONE_SHOT}))]).toEqual([
        method,
        '0 ',
      ]);
      expect([method, summary(await own.run('stop mayor'))]).toEqual([method, '0 ']);
      expect(records(own)).toMatchObject([{state: 'cancelled', reason: 'stopped'}]);
    }
  });

  it('that cannot be written is warned of, and holds nothing up', async () => {
    const own = await city();
    const action = {type: 'status', code: 500, message: 'no webhook'} as const;
    own.dev.faults.add({match: {...RECORD, method: 'POST', times: 99}, action});
    const {code, stderr} = await own.run('start mayor', {stdin: ONE_SHOT});
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: [^\n]*no webhook[^\n]*\n$/),
    ]);
    expect((await own.run('stop mayor')).code).toBe(0);
    expect(own.pods()).toEqual([]);
  });
});

import {describe, expect, it, vi} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import type {PodControl} from '../../dev-cluster/kubelet/pod-control.ts';
import {whileRuns} from '../kit/while-runs.ts';
import {city, exchanges, type City} from './city.ts';
import {justBefore} from './log-objects.ts';
import {summary} from './program.ts';

/** The server has forgotten what the watch is to go on from. */
const FORGOTTEN: [string, FaultAction][] = [
  ['in its stream', {type: 'watch', how: 'gone'}],
  ['as its answer', {type: 'watch', how: 'gone-status'}],
];

describe('a start', () => {
  it.each(FORGOTTEN)('goes on when the watch of its pod is told 410 %s', async (_, action) => {
    const own = await city();
    own.dev.faults.add({match: {verb: 'watch'}, action});
    expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
    expect(own.dev.faults.list.map(({seen}) => seen > 0)).toEqual([true]);
  });

  it.each(FORGOTTEN)(
    'goes on waiting for the pod before it when that watch is told 410 %s',
    async (_, action) => {
      const own = await city({terminationMilliseconds: 500});
      const old = await own.session('mayor');
      expect(summary(await own.run('stop mayor'))).toBe('0 ');
      own.dev.faults.add({match: {verb: 'watch'}, action});
      expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
      expect(own.pods().map(({metadata}) => metadata.uid === old.metadata.uid)).toEqual([false]);
      expect(own.dev.faults.list.map(({seen}) => seen > 0)).toEqual([true]);
    },
  );

  it('waits for the pod before it alone, not for one that has its name by then', async () => {
    const own = await city({terminationMilliseconds: 3_600_000});
    const old = await own.session('mayor');
    expect(summary(await own.run('stop mayor'))).toBe('0 ');
    justBefore(own, {verb: 'watch'}, () => {
      own.dev.pod('mayor').remove();
      own.dev.store.put('pods', {...old, metadata: {...old.metadata, uid: 'other'}});
    });
    own.dev.faults.add({match: {verb: 'watch'}, action: {type: 'watch', how: 'gone-status'}});
    const {code, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect([code, stderr]).toEqual([1, expect.stringContaining('already exists: it runs in pod')]);
    expect(own.pods().map(({metadata}) => metadata.uid)).toEqual(['other']);
  });

  it.each<[string, (own: City) => Promise<unknown>]>([
    ['is gone', () => Promise.resolve()],
    ['was replaced by another', own => own.session('mayor')],
  ])('fails when its pod %s before it is marked, and leaves others alone', async (_, replace) => {
    const own = await city();
    // Its watch would tell it before.
    own.dev.faults.add({match: {verb: 'watch', times: 99}, action: {type: 'hang'}});
    const others: unknown[] = [];
    own.pod.launched = async call => {
      own.dev.pod('mayor').remove();
      await replace(own);
      others.push(...own.pods());
      await call.stdout('ready\n');
      return undefined;
    };
    const {code, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^start mayor: patch pods "mayor"/)]);
    expect(own.pods()).toEqual(others);
  });

  it('asks again for a container that is not there yet', async () => {
    let control: PodControl | undefined;
    const own = await city({
      onPod: (_, given) => {
        control = given;
        return true;
      },
    });
    const {ended} = own.begin('start mayor', {stdin: '{}'});
    const execs = () => exchanges(own).filter(each => each === 'get pods/exec').length;
    // First it has no node, then no container there.
    const tried = (times: number) =>
      whileRuns(
        ended,
        vi.waitUntil(() => execs() >= times, {timeout: 30_000, interval: 5}),
      );
    await tried(2);
    control?.schedule();
    await tried(4);
    control?.run();
    expect(summary(await ended)).toBe('0 ');
  });
});

import {expect, it} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import {city, exchanges, type City} from './city.ts';
import {ONE_LINE, summary} from './program.ts';

const CREATE = {method: 'POST', resource: 'pods'};

/** A start in a city where this many creates are never answered; gc is more patient than that. */
async function started(action: FaultAction, times: number, deadlineMs: number) {
  const own = await city();
  own.dev.faults.add({match: {...CREATE, times}, action});
  return {own, ended: await own.run('start mayor', {stdin: '{}', deadlineMs})};
}

const creates = (own: City): number => exchanges(own).filter(each => each === 'create pods').length;

// Side by side: a start waits as long as an admission webhook may take before it looks again.
it('a start whose create is never answered looks what became of it', async () => {
  const [before, after, always] = await Promise.all([
    started({type: 'hang'}, 1, 110_000),
    started({type: 'hang', when: 'after'}, 1, 110_000),
    started({type: 'hang'}, 99, 50_000),
  ]);
  expect(summary(before.ended)).toBe('0 ');
  expect([creates(before.own), before.own.pods().length]).toEqual([2, 1]);

  // It took effect: the pod that is there is ours, and no other is made.
  expect(summary(after.ended)).toBe('0 ');
  expect([creates(after.own), after.own.pods().length]).toEqual([1, 1]);

  expect(always.ended.code).toBe(130);
  expect(always.ended.stderr).toMatch(ONE_LINE);
  expect(always.ended.stderr).toMatch(
    /interrupted by SIGINT while creating the pod: create pods "mayor" in namespace "default": no answer from https:\S+ /,
  );
  expect(always.own.dev.store.list('pods', 'default')).toEqual([]);
});

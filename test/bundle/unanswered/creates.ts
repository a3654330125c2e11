import {expect, vi} from 'vitest';
import type {FaultAction} from '../../../dev-cluster/faults.ts';
import {whileRuns} from '../../kit/while-runs.ts';
import {city, exchanges, type City} from '../city.ts';
import {ONE_LINE, summary} from '../program.ts';

const CREATE = {method: 'POST', resource: 'pods'};

/** gc is so patient. */
const deadlineMs = 120_000;

const creates = (own: City): number => exchanges(own).filter(each => each === 'create pods').length;

/** A start, or a provision, whose first create meets this, and is made so many times in the end. */
async function started(action: FaultAction, times: number, operation = 'start'): Promise<void> {
  const own = await city();
  own.dev.faults.add({match: CREATE, action});
  expect(summary(await own.run(`${operation} mayor`, {stdin: '{}', deadlineMs}))).toBe('0 ');
  expect([creates(own), own.pods().length]).toEqual([times, 1]);
}

async function interrupted(): Promise<void> {
  const own = await city();
  own.dev.faults.add({match: {...CREATE, times: Infinity}, action: {type: 'hang'}});
  const {ended, interrupt} = own.begin('start mayor', {stdin: '{}', deadlineMs});
  await whileRuns(
    ended,
    vi.waitUntil(() => creates(own) === 2, {timeout: deadlineMs}),
  );
  interrupt();
  const {code, stderr} = await ended;
  expect([code, stderr]).toEqual([130, expect.stringMatching(ONE_LINE)]);
  expect(stderr).toMatch(
    /interrupted by SIGINT while creating the pod: create pods "mayor" in namespace "default": no answer from https:\S+ /,
  );
  expect(own.dev.store.list('pods', 'default')).toEqual([]);
}

/** The pod before it stays: its node does not answer, and nobody there can be told to end. */
async function removedByForce(): Promise<void> {
  const own = await city({terminationMilliseconds: 3_600_000});
  const old = await own.session('mayor');
  expect(summary(await own.run('stop mayor'))).toBe('0 ');
  const sinceMs = performance.now();
  expect(summary(await own.run('start mayor', {stdin: '{}', deadlineMs}))).toBe('0 ');
  // Not by force what a kubelet that is merely slow would have ended.
  expect(performance.now() - sinceMs).toBeGreaterThan(20_000);
  expect(own.pods().map(({metadata}) => metadata.uid === old.metadata.uid)).toEqual([false]);
}

/**
 * A start waits as long as an admission webhook may take, 35 s, before it looks what became of its
 * create; so long it also asks a server that has no time for it, and nearly as long it waits for the pod
 * before it to go.
 */
export async function createsAreRight(): Promise<void> {
  await Promise.all([
    started({type: 'hang'}, 2),
    // It took effect: the pod that is there is its own, and no other is made.
    started({type: 'hang', when: 'after'}, 1),
    started({type: 'hang'}, 2, 'provision'),
    started({type: 'hang', when: 'after'}, 1, 'provision'),
    // Longer than it asks by itself, and less than it has.
    started({type: 'status', code: 429, retryAfterSeconds: 36}, 2),
    interrupted(),
    removedByForce(),
  ]);
}

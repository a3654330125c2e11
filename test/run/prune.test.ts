import {describe, expect, it} from 'vitest';
import {countedRuns} from '../../src/run/metrics.ts';
import {planPrune, type PruneLimits} from '../../src/run/prune.ts';
import type {RunState} from '../../src/run/run.ts';
import type {KnownRun} from '../../src/run/list-runs.ts';
import {ZERO_TOTALS, withRun} from '../../src/run/totals.ts';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const HOUR = 3_600_000;

interface Facts {
  readonly state?: RunState;
  readonly hours?: number;
  readonly retention?: string;
  readonly phase?: string;
  readonly hasPod?: boolean;
  readonly hasRecord?: boolean;
}

function known(id: string, facts: Facts = {}): KnownRun {
  const {state = 'failed', hours = 1, retention, phase = 'Failed'} = facts;
  const annotations = {'gc-k8s/start': 's', ...(retention ? {'gc-k8s/retention': retention} : {})};
  const endedAt = new Date(NOW - hours * HOUR).toISOString();
  const run = {
    ...{version: 1 as const, id, session: id, namespace: 'gc', pod: id, state, history: []},
    ...{endedAt, durationSeconds: 7, workspace: '/workspace', outputLog: ''},
  };
  return {
    run,
    ...(facts.hasPod === false ? {} : {pod: {metadata: {name: id, annotations}, status: {phase}}}),
    ...(facts.hasRecord ? {record: {metadata: {name: `gc-run-${id}`}}} : {}),
  };
}

const planned = (runs: KnownRun[], limits: Partial<PruneLimits> = {}) => {
  const {pods, records} = planPrune(runs, {ageMs: 0, count: 0, nowMs: NOW, ...limits});
  return {pods: pods.map(({run}) => run.id), records: records.map(({id}) => id)};
};

describe('what prune deletes', () => {
  it('are ended pods that their policy does not keep', () => {
    const runs = [
      known('delete', {retention: 'delete'}),
      known('keep', {retention: 'keep'}),
      known('failed', {retention: 'keep-failed'}),
      known('succeeded', {retention: 'keep-failed', state: 'success'}),
      known('plain'),
      known('plain, just ended', {hours: 0.1}),
      known('delete, just ended', {retention: 'delete', hours: 0.1}),
      known('fetchable', {retention: 'delete', phase: 'Running'}),
      known('running', {state: 'running', retention: 'delete', phase: 'Running'}),
    ];
    expect(planned(runs).pods).toEqual(['delete', 'succeeded', 'plain']);
  });

  it('are no pods younger than somebody asks for, and those that are older, kept or not', () => {
    const runs = [
      known('delete', {retention: 'delete', hours: 0.1}),
      known('plain', {hours: 1}),
      known('keep', {retention: 'keep', hours: 3}),
    ];
    const pods = (olderThanHours: number) =>
      planned(runs, {ageMs: olderThanHours * HOUR, minAgeMs: olderThanHours * HOUR}).pods;
    expect(pods(2)).toEqual(['keep']);
    expect(pods(0.5)).toEqual(['plain', 'keep']);
    expect(pods(0.05)).toEqual(['delete', 'plain', 'keep']);
  });

  it('are kept pods and records by age', () => {
    const runs = [
      known('old pod', {retention: 'keep', hours: 3, hasRecord: true}),
      known('young pod', {retention: 'keep', hasRecord: true}),
      known('old record', {hasPod: false, hasRecord: true, hours: 3}),
      known('young record', {hasPod: false, hasRecord: true}),
      known('open record', {state: 'running', hasPod: false, hasRecord: true, hours: 3}),
    ];
    expect(planned(runs, {ageMs: 2 * HOUR})).toEqual({
      pods: ['old pod'],
      records: ['old pod', 'old record'],
    });
  });

  it('are the oldest beyond the count', () => {
    const runs = [3, 1, 2].map(hours =>
      known(`r${hours}`, {hours, hasPod: false, hasRecord: true}),
    );
    expect(planned(runs, {count: 1}).records).toEqual(['r2', 'r3']);
    expect(planned(runs).records).toEqual([]);
  });

  it('leaves pods of other providers, and of those that go already, alone', () => {
    const other = known('other', {retention: 'delete'});
    const annotations = {'gc-k8s/retention': 'delete'};
    const theirs = {...other, pod: {metadata: {name: 'x', annotations}, status: {phase: 'Failed'}}};
    expect(planned([theirs]).pods).toEqual([]);
  });
});

describe('the totals', () => {
  it('count a run once, whether its record is still there or not', () => {
    const [a, b] = [known('a', {hasRecord: true}), known('b', {state: 'success', hasRecord: true})];
    const stored = {totals: withRun(ZERO_TOTALS, a.run), counted: new Set(['a'])};
    const {byState, errors} = countedRuns({runs: [a, b], stored});
    expect([byState.failed?.count, byState.success?.count]).toEqual([1, 1]);
    expect(byState.success).toMatchObject({sumSeconds: 7});
    expect(byState.success?.buckets.slice(0, 4)).toEqual([0, 0, 1, 0]);
    expect(errors).toEqual({unknown: 1});
  });

  it('leave out a run whose pod may go without a record: they would fall with it', () => {
    const runs = [known('plain'), known('recorded', {retention: 'delete'})];
    const {byState} = countedRuns({runs, stored: {totals: ZERO_TOTALS, counted: new Set()}});
    expect(byState.failed?.count).toBe(1);
  });
});

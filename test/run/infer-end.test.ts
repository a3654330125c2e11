import {expect, it} from 'vitest';
import type {Cluster, CoreEvent} from '../../src/kube/cluster.ts';
import {countedRuns} from '../../src/run/metrics.ts';
import type {Run} from '../../src/run/run.ts';
import {ZERO_TOTALS} from '../../src/run/totals.ts';
import {inferEnd} from '../../src/run/infer-end.ts';

const RUN: Run = {
  ...{version: 1, id: 'u', session: 's', namespace: 'gc', pod: 's', state: 'running', history: []},
  ...{createdAt: '2026-01-02T12:00:00Z', workspace: '/workspace', outputLog: ''},
};

const killing = (container: string): CoreEvent => ({
  metadata: {name: `killing-${container}`},
  involvedObject: {kind: 'Pod', name: 's', uid: 'u'},
  ...{type: 'Normal', reason: 'Killing', message: `Stopping container ${container}`},
  lastTimestamp: '2026-01-02T12:05:00Z',
});

/** The end of a run whose pod is gone, by these events. */
const endBy = (...items: CoreEvent[]) => {
  const list = async function* () {
    yield await Promise.resolve({items, resourceVersion: ''});
  };
  const cluster = {events: {list}, serverTimeMs: () => Date.parse('2026-01-02T13:00:00Z')};
  return inferEnd(cluster as unknown as Cluster, RUN);
};

const counted = (run: Run) => {
  const record = {metadata: {name: `gc-run-${run.id}`}};
  const stored = {totals: ZERO_TOTALS, counted: new Set<string>()};
  const {byState, errors} = countedRuns({runs: [{run, record}], stored});
  const ended = Object.entries(byState).filter(([, {count}]) => count > 0);
  return {ended: ended.map(([state]) => state), errors};
};

it('an agent that was killed with its pod did not succeed', async () => {
  const run = await endBy(killing('agent'), killing('keeper'));
  expect(run).toMatchObject({state: 'failed', reason: 'deleted'});
  expect(counted(run)).toEqual({ended: ['failed'], errors: {deleted: 1}});
});

it('an end that nobody saw is told as such, and counted as no failure', async () => {
  // The keeper outlives the agent: its end says nothing of how the agent's was.
  for (const run of [await endBy(), await endBy(killing('keeper'))]) {
    expect(run).toMatchObject({reason: 'unknown', error: 'nobody saw how it ended'});
    expect(counted(run)).toEqual({ended: ['unknown'], errors: {}});
  }
});

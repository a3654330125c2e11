import {describe, expect, it} from 'vitest';
import type {Pod} from '../../src/kube/cluster.ts';
import {runOfDeletedPod} from '../../src/run/deleted-pod.ts';
import {runOfPod} from '../../src/run/run-of-pod.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
const NOW = Date.parse(at(30));
const ANNOTATIONS = {'gc-session-name': 'City/mayor', 'gc-k8s/start': 'id'};
const STARTED = {...ANNOTATIONS, 'gc-k8s/started-at': at(2)};

function told(state: string, reason: string, more = ''): string {
  const history = ['created', 'starting', 'running', state].map(
    (name, second) => `{"state":"${name}","at":"${at(second)}"}`,
  );
  return `{"version":1,"id":"u","state":"${state}","history":[${history.join(',')}],"reason":"${reason}"${more}}\nfirst\nlast\n`;
}

interface Facts {
  readonly message?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly podReason?: string;
  readonly disruption?: string;
  readonly annotations?: Record<string, string>;
  readonly deleted?: boolean;
}

function ended({message, exitCode = 1, reason = 'Error', ...facts}: Facts = {}): Pod {
  const terminated = {
    ...{exitCode, reason, startedAt: at(1), finishedAt: at(9)},
    ...(message === undefined ? {} : {message}),
  };
  const disruption = {type: 'DisruptionTarget', status: 'True', reason: facts.disruption ?? ''};
  return {
    metadata: {
      ...{name: 'mayor', uid: 'u', namespace: 'gc', creationTimestamp: at(0)},
      annotations: facts.annotations ?? STARTED,
      ...(facts.deleted ? {deletionTimestamp: at(8)} : {}),
    },
    status: {
      phase: 'Failed',
      ...(facts.podReason === undefined ? {} : {reason: facts.podReason, message: 'its words'}),
      containerStatuses: [{name: 'agent', state: {terminated}}],
      conditions: facts.disruption === undefined ? [] : [disruption],
    },
  };
}

describe('the run of an ended pod', () => {
  it('is what its PID 1 told', () => {
    const message = told('failed', 'exit_code', ',"exitCode":3,"workspaceBytes":4096');
    expect(runOfPod(ended({message, exitCode: 3}), NOW)).toMatchObject({
      ...{version: 1, id: 'u', session: 'City/mayor', namespace: 'gc', pod: 'mayor'},
      ...{state: 'failed', reason: 'exit_code', exitCode: 3, workspaceBytes: 4096},
      ...{createdAt: at(0), startedAt: at(2), endedAt: at(3), durationSeconds: 1},
      ...{lastLines: ['first', 'last'], error: 'the agent ended with exit code 3'},
    });
  });

  it.each<[string, Facts, object]>([
    ['evicted by the kubelet', {podReason: 'Evicted'}, {state: 'failed', reason: 'evicted'}],
    [
      'evicted, told to stop',
      {disruption: 'EvictionByEvictionAPI', message: told('cancelled', 'stopped')},
      {state: 'failed', reason: 'evicted'},
    ],
    ['evicted by a taint', {disruption: 'DeletionByTaintManager'}, {reason: 'evicted'}],
    ['preempted', {disruption: 'PreemptionByScheduler'}, {state: 'failed', reason: 'preempted'}],
    [
      'evicted after its own end',
      {podReason: 'Evicted', message: told('success', 'completed', ',"exitCode":0')},
      {state: 'success', reason: 'completed'},
    ],
    [
      'over the kubelet’s limit',
      {podReason: 'DeadlineExceeded'},
      {state: 'timeout', reason: 'timeout'},
    ],
    ['on a lost node', {podReason: 'NodeLost'}, {state: 'failed', reason: 'node_lost'}],
    [
      'out of memory, with its PID 1',
      {reason: 'OOMKilled', exitCode: 137, message: told('running', '')},
      {state: 'failed', reason: 'oom_killed', signal: 9},
    ],
    [
      'out of memory, its PID 1 blind to it',
      {reason: 'OOMKilled', message: told('failed', 'signal', ',"exitCode":137,"signal":9')},
      {reason: 'oom_killed'},
    ],
    [
      'killed with its PID 1',
      {exitCode: 137, message: told('running', '')},
      {reason: 'signal', signal: 9},
    ],
    ['never started', {exitCode: 70, annotations: ANNOTATIONS}, {reason: 'start_failed'}],
    ['another provider’s', {exitCode: 0, annotations: {}}, {state: 'success', session: 'mayor'}],
    [
      'with words that are not ours',
      {exitCode: 2, message: '{"version":2}'},
      {reason: 'exit_code', exitCode: 2},
    ],
    [
      'stopped',
      {message: told('cancelled', 'stopped'), deleted: true},
      {state: 'cancelled', reason: 'stopped'},
    ],
  ])('%s', (_, facts, wanted) => {
    const run = runOfPod(ended(facts), NOW);
    expect(run).toMatchObject(wanted);
    expect(run.history.at(-1)?.state).toBe(run.state);
  });

  it('never moves back', () => {
    const {history} = runOfPod(
      ended({podReason: 'Evicted', message: told('cancelled', 'stopped')}),
      NOW,
    );
    expect(history.map(({state}) => state)).toEqual(['created', 'starting', 'running', 'failed']);
  });
});

describe('the run of a pod that is not over', () => {
  const pod = (annotations: Record<string, string>, state?: object): Pod => ({
    metadata: {name: 'p', uid: 'u', creationTimestamp: at(0), annotations},
    status: {phase: 'Pending', containerStatuses: state ? [{name: 'agent', state}] : []},
  });

  it.each([
    ['created', pod(ANNOTATIONS)],
    ['starting', pod(ANNOTATIONS, {running: {startedAt: at(1)}})],
    ['running', pod(STARTED, {running: {startedAt: at(1)}})],
  ])('is %s', (state, given) => {
    expect(runOfPod(given, NOW)).toMatchObject({state});
    expect(runOfPod(given, NOW)).not.toHaveProperty('reason');
  });

  it('counts its seconds until now, and is stopped when it is gone', () => {
    const given = pod(STARTED, {running: {startedAt: at(1)}});
    expect(runOfPod(given, NOW).durationSeconds).toBe(28);
    expect(runOfDeletedPod(given, NOW)).toMatchObject({
      state: 'cancelled',
      reason: 'stopped',
      endedAt: at(30),
    });
  });
});

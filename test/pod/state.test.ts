import {describe, expect, it} from 'vitest';
import type {Pod} from '../../src/kube/cluster.ts';
import {ANNOTATION} from '../../src/pod/labels.ts';
import {agentStatus, belongsTo, sessionOf, sessionState} from '../../src/pod/state.ts';

const NOW = '2026-01-01T00:00:00Z';
const STARTED = {[ANNOTATION.start]: 'id', [ANNOTATION.startedAt]: NOW};
const PROVISIONED = {[ANNOTATION.start]: 'id', [ANNOTATION.provisionedAt]: NOW};

interface Facts {
  annotations?: Record<string, string>;
  deleted?: boolean;
  gates?: number;
}

function pod(status: Pod['status'], {annotations = {}, deleted, gates = 0}: Facts = {}): Pod {
  const readinessGates = Array.from({length: gates}, () => ({conditionType: 'x'}));
  return {
    metadata: {name: 'p', annotations, ...(deleted ? {deletionTimestamp: NOW} : {})},
    spec: {containers: [], readinessGates},
    ...(status ? {status} : {}),
  };
}

const running = (state: object = {running: {startedAt: NOW}}) => ({
  phase: 'Running',
  containerStatuses: [
    {name: 'sidecar', state: {terminated: {exitCode: 0}}},
    {name: 'agent', state},
  ],
});

const conditions = (ready: string, containersReady: string) => [
  {type: 'Ready', status: ready},
  {type: 'ContainersReady', status: containersReady},
];

describe('sessionState', () => {
  it('is running once the agent was seen alive, whatever phase the kubelet reported yet', () => {
    expect(sessionState(pod(running(), {annotations: STARTED}))).toBe('running');
    expect(sessionState(pod({phase: 'Pending'}, {annotations: STARTED}))).toBe('running');
  });

  it('is starting while a start is at it', () => {
    const annotations = {[ANNOTATION.start]: 'id'};
    expect(sessionState(pod(undefined, {annotations}))).toBe('starting');
    expect(sessionState(pod({phase: 'Pending'}, {annotations}))).toBe('starting');
    expect(sessionState(pod(running(), {annotations}))).toBe('starting');
  });

  it('is unknown for a provisioned box and for a running pod of another provider', () => {
    expect(sessionState(pod(running(), {annotations: PROVISIONED}))).toBe('unknown');
    expect(sessionState(pod(running()))).toBe('unknown');
  });

  it('is starting for a pod of another provider that is not up yet', () => {
    expect(sessionState(pod({phase: 'Pending'}))).toBe('starting');
    expect(sessionState(pod(undefined))).toBe('starting');
  });

  it.each([
    ['deleted', pod(running(), {annotations: STARTED, deleted: true})],
    ['succeeded', pod({phase: 'Succeeded'}, {annotations: STARTED})],
    ['failed', pod({phase: 'Failed'}, {annotations: STARTED})],
    [
      'terminated, its phase late',
      pod(running({terminated: {exitCode: 1}}), {annotations: STARTED}),
    ],
    ['one-shot, over', pod(running(), {annotations: {...STARTED, [ANNOTATION.endedAt]: NOW}})],
    ['provisioned, deleted', pod(running(), {annotations: PROVISIONED, deleted: true})],
    [
      'on a node that was lost',
      pod({phase: 'Running', reason: 'NodeLost'}, {annotations: STARTED}),
    ],
    [
      'on a node that does not report',
      pod({...running(), conditions: conditions('False', 'True')}, {annotations: STARTED}),
    ],
  ])('is ended: %s', (_, ended) => {
    expect(sessionState(ended)).toBe('ended');
  });

  it.each([
    ['ready', conditions('True', 'True'), 0],
    ['a container not ready', conditions('False', 'False'), 0],
    ['a readiness gate not passed', conditions('False', 'True'), 1],
    ['nothing said', [], 0],
  ])('takes no node for lost by its conditions: %s', (_, given, gates) => {
    const alive = pod({...running(), conditions: given}, {annotations: STARTED, gates});
    expect(sessionState(alive)).toBe('running');
  });
});

describe('whose a pod is', () => {
  const labelled = (session: string, annotation?: string): Pod => ({
    metadata: {
      name: 'p',
      labels: {'gc-session': session},
      ...(annotation === undefined ? {} : {annotations: {'gc-session-name': annotation}}),
    },
  });

  it('the annotation decides', () => {
    expect(belongsTo(labelled('a-b', 'a/b'), 'a/b')).toBe(true);
    expect(belongsTo(labelled('a-b', 'a/b'), 'a-b')).toBe(false);
    expect(sessionOf(labelled('a-b', 'a/b'))).toBe('a/b');
  });

  it('without one the label does, as it is', () => {
    expect(belongsTo(labelled('a-b'), 'a-b')).toBe(true);
    expect(belongsTo(labelled('A.b'), 'A.b')).toBe(true);
    // What list-running calls `a-b` must not be stopped as another session.
    expect(belongsTo(labelled('a-b'), 'a/b')).toBe(false);
    expect(belongsTo(labelled('a-b'), 'c')).toBe(false);
    expect(sessionOf(labelled('a-b'))).toBe('a-b');
  });

  it('a pod with neither is nobody’s', () => {
    const bare: Pod = {metadata: {name: 'a'}};
    expect(belongsTo(bare, 'a')).toBe(false);
    expect(sessionOf(bare)).toBeUndefined();
  });
});

it('the agent’s status is found by its name', () => {
  expect(agentStatus(pod(running()))?.state?.running).toBeDefined();
  expect(agentStatus(pod({phase: 'Pending'}))).toBeUndefined();
});

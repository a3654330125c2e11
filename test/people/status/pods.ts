import type {ContainerState, Pod} from '../../../src/kube/cluster.ts';
import {ANNOTATION} from '../../../src/pod/labels.ts';

export const NOW_MS = Date.parse('2026-01-02T12:00:00Z');

const CREATED = '2026-01-02T09:00:00Z';
const STARTED = '2026-01-02T09:00:05Z';
const ENDED = '2026-01-02T11:58:30Z';

interface Facts {
  readonly state?: ContainerState;
  readonly status?: NonNullable<Pod['status']>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly node?: string | undefined;
  readonly restarts?: number;
  /** Being deleted: when its grace period of 30 s is over. */
  readonly goneBy?: string;
  readonly finalizers?: readonly string[];
  readonly lastState?: ContainerState;
  /** Made by another of Gas City's providers. */
  readonly isForeign?: boolean;
}

const agentPod = (session: string, facts: Facts): Pod => ({
  metadata: {
    name: session.toLowerCase(),
    uid: `uid-of-${session}`,
    creationTimestamp: CREATED,
    labels: {app: 'gc-agent', 'gc-session': session, 'gc-agent': 'demo-agent'},
    annotations: {
      'gc-session-name': session,
      ...(facts.isForeign ? {} : {[ANNOTATION.start]: 'id'}),
      ...(facts.annotations ?? {[ANNOTATION.startedAt]: STARTED}),
    },
    ...(facts.goneBy ? {deletionTimestamp: facts.goneBy, deletionGracePeriodSeconds: 30} : {}),
    ...(facts.finalizers ? {finalizers: facts.finalizers} : {}),
  },
  spec: {
    ...('node' in facts ? (facts.node ? {nodeName: facts.node} : {}) : {nodeName: 'node-1'}),
    containers: [{name: 'agent', image: 'agent:1'}],
  },
  status: {
    phase: 'Running',
    ...(facts.state
      ? {
          containerStatuses: [
            {
              name: 'agent',
              restartCount: facts.restarts ?? 0,
              state: facts.state,
              ...(facts.lastState ? {lastState: facts.lastState} : {}),
            },
          ],
        }
      : {}),
    ...facts.status,
  },
});

const ended = (exitCode: number, more: object = {}): Facts => ({
  state: {
    terminated: {exitCode, reason: 'Error', startedAt: STARTED, finishedAt: ENDED, ...more},
  },
  status: {phase: exitCode === 0 ? 'Succeeded' : 'Failed'},
});

const launching = {annotations: {}};

const lost = [
  {type: 'Ready', status: 'False', lastTransitionTime: '2026-01-02T11:40:00Z'},
  {type: 'ContainersReady', status: 'True'},
];

const running: ContainerState = {running: {startedAt: STARTED}};

const noNode = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'Unschedulable',
  message: '0/3 nodes are available:\n3 Insufficient cpu.',
};

/** One pod for each thing that an agent can be up to. */
export const PODS: readonly Pod[] = [
  agentPod('Mayor', {state: running}),
  agentPod('restarted', {state: running, restarts: 2}),
  agentPod('box', {state: running, annotations: {[ANNOTATION.provisionedAt]: STARTED}}),
  agentPod('launching', {state: running, ...launching}),
  agentPod('creating', {
    state: {waiting: {reason: 'ContainerCreating'}},
    status: {phase: 'Pending'},
    ...launching,
  }),
  agentPod('no-image', {
    state: {waiting: {reason: 'ImagePullBackOff', message: 'Back-off pulling image "agent:1"'}},
    status: {phase: 'Pending'},
    ...launching,
  }),
  agentPod('new', {status: {phase: 'Pending'}, node: undefined, ...launching}),
  agentPod('no-node', {
    status: {phase: 'Pending', conditions: [noNode]},
    node: undefined,
    ...launching,
  }),
  agentPod('done', ended(0, {reason: 'Completed'})),
  agentPod('exit-3', ended(3)),
  agentPod('killed', ended(137)),
  agentPod('no-memory', ended(137, {reason: 'OOMKilled'})),
  agentPod('evicted', {
    status: {phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.'},
  }),
  agentPod('lost', {state: running, status: {conditions: lost}}),
  agentPod('stopping', {state: running, goneBy: '2026-01-02T12:00:05Z'}),
  agentPod('drained', {
    state: running,
    goneBy: '2026-01-02T12:00:05Z',
    status: {
      conditions: [
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'EvictionByEvictionAPI',
          message: 'evicting',
        },
      ],
    },
  }),
  agentPod('late', {state: running, goneBy: '2026-01-02T11:55:00Z'}),
  agentPod('held', {...ended(137), goneBy: '2026-01-02T11:58:00Z', finalizers: ['a.example/hold']}),
  agentPod('looping', {
    state: {waiting: {reason: 'CrashLoopBackOff', message: 'back-off 20s restarting container'}},
    lastState: {terminated: {exitCode: 7}},
    restarts: 2,
    ...launching,
    isForeign: true,
  }),
];

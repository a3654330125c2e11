import {randomBytes} from 'node:crypto';
import type {JsonObject} from '../json.ts';
import {compact, numberAt, objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {timestamp, withMetadata} from '../store/object.ts';

export const nodeName = 'gc-dev-cluster';

/** How a container ended. */
export interface Ending {
  readonly exitCode: number;
  /** `Completed` or `Error` unless given, as `OOMKilled` would be. */
  readonly reason?: string;
  readonly message?: string;
  readonly signal?: number;
}

export interface Truth {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

const yes: Truth = {status: 'True'};

export function unschedulableStatus(pod: ApiObject, message: string): JsonObject {
  const because: Truth = {status: 'False', reason: 'Unschedulable', message};
  return {
    ...objectAt(pod, 'status'),
    phase: 'Pending',
    conditions: conditions(pod, {PodScheduled: because}),
  };
}

export function scheduledStatus(pod: ApiObject): JsonObject {
  return {
    ...objectAt(pod, 'status'),
    phase: 'Pending',
    conditions: conditions(pod, {PodScheduled: yes}),
  };
}

/** The containers wait, for an image for example; an empty reason is the state before the first attempt. */
export function waitingStatus(pod: ApiObject, reason: string, message?: string): JsonObject {
  const waiting = compact({reason, message});
  return {
    ...placed(pod, 'Pending'),
    conditions: conditions(pod, {
      PodReadyToStartContainers: yes,
      Initialized: yes,
      ...unready(pod),
      PodScheduled: yes,
    }),
    containerStatuses: containers(pod).map(({name, image}) => ({
      ...containerBase(name, image, {waiting}),
      imageID: '',
      started: false,
    })),
  };
}

export function runningStatus(pod: ApiObject): JsonObject {
  return {
    ...placed(pod, 'Running'),
    conditions: conditions(pod, {
      PodReadyToStartContainers: yes,
      Initialized: yes,
      Ready: yes,
      ContainersReady: yes,
      PodScheduled: yes,
    }),
    containerStatuses: containers(pod).map(({name, image}) => ({
      ...containerBase(name, image, {running: {startedAt: timestamp()}}),
      ready: true,
      imageID: imageId,
      containerID: containerId(),
      started: true,
    })),
  };
}

/** The status after all containers ended this way. */
export function endedStatus(pod: ApiObject, ending: Ending): JsonObject {
  const succeeded = ending.exitCode === 0;
  const because: Truth = {status: 'False', reason: succeeded ? 'PodCompleted' : 'PodFailed'};
  const known = objectsAt(pod, 'status', 'containerStatuses');
  return {
    ...placed(pod, succeeded ? 'Succeeded' : 'Failed'),
    conditions: conditions(pod, {
      PodReadyToStartContainers: {status: 'False'},
      Initialized: succeeded ? {status: 'True', reason: 'PodCompleted'} : yes,
      Ready: because,
      ContainersReady: because,
      PodScheduled: yes,
    }),
    containerStatuses: containers(pod).map(({name, image}) => {
      const before = known.find(each => each.name === name);
      const id = stringAt(before, 'containerID') ?? containerId();
      const terminated = compact({
        exitCode: ending.exitCode,
        signal: ending.signal,
        reason: ending.reason ?? (succeeded ? 'Completed' : 'Error'),
        message: ending.message,
        startedAt: stringAt(before, 'state', 'running', 'startedAt') ?? timestamp(),
        finishedAt: timestamp(),
        containerID: id,
      });
      return {
        ...containerBase(name, image, {terminated}),
        imageID: imageId,
        containerID: id,
        started: false,
      };
    }),
  };
}

/** The status after an eviction by the kubelet. */
export function evictedStatus(pod: ApiObject, message: string): JsonObject {
  const reason = 'TerminationByKubelet';
  const because = {status: 'True', reason, message} as const;
  const status = endedStatus(pod, {exitCode: 137});
  return {
    ...status,
    reason: 'Evicted',
    message,
    conditions: [
      ...conditions(pod, {DisruptionTarget: because}),
      ...objectsAt(status, 'conditions'),
    ],
  };
}

/** The pod with a DisruptionTarget condition. */
export function disrupted(pod: ApiObject, reason: string, message: string): ApiObject {
  const others = objectsAt(pod, 'status', 'conditions').filter(
    ({type}) => type !== 'DisruptionTarget',
  );
  const because = conditions(pod, {DisruptionTarget: {status: 'True', reason, message}});
  return {...pod, status: {...objectAt(pod, 'status'), conditions: [...because, ...others]}};
}

/** The pod after the node controller gave up on its node. */
export function lostPod(pod: ApiObject): ApiObject {
  const known = objectsAt(pod, 'status', 'conditions').filter(
    ({type}) => type !== 'Ready' && type !== 'DisruptionTarget',
  );
  const message = 'Taint manager: deleting due to NoExecute taint';
  const changed = conditions(pod, {
    DisruptionTarget: {status: 'True', reason: 'DeletionByTaintManager', message},
    Ready: {status: 'False', reason: 'NodeNotReady'},
  });
  const grace = numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30;
  return withMetadata(
    {
      ...pod,
      status: {
        ...objectAt(pod, 'status'),
        reason: 'NodeLost',
        message: `Node ${nodeName} which was running pod ${pod.metadata.name} is unresponsive`,
        conditions: [...changed, ...known],
      },
    },
    {deletionTimestamp: timestamp(Date.now() + grace * 1000), deletionGracePeriodSeconds: grace},
  );
}

/** True when its node was lost, so that no kubelet handles the pod any more. */
export function isLost(pod: ApiObject): boolean {
  return stringAt(pod, 'status', 'reason') === 'NodeLost';
}

const imageId = `sha256:${'0123456789abcdef'.repeat(4)}`;

function containerId(): string {
  return `containerd://${randomBytes(32).toString('hex')}`;
}

function containers(pod: ApiObject): {name: string; image: string}[] {
  return objectsAt(pod, 'spec', 'containers').map(each => ({
    name: stringAt(each, 'name') ?? '',
    image: stringAt(each, 'image') ?? '',
  }));
}

function containerBase(name: string, image: string, state: JsonObject): JsonObject {
  return {name, state, lastState: {}, ready: false, restartCount: 0, image};
}

function unready(pod: ApiObject): Readonly<Record<string, Truth>> {
  const names = containers(pod).map(({name}) => name);
  const message = `containers with unready status: [${names.join(' ')}]`;
  const because: Truth = {status: 'False', reason: 'ContainersNotReady', message};
  return {Ready: because, ContainersReady: because};
}

function placed(pod: ApiObject, phase: string): JsonObject {
  const status = objectAt(pod, 'status');
  const uid = pod.metadata.uid ?? '';
  const host = (part: number): number =>
    (Number.parseInt(uid.slice(part, part + 2), 16) || 1) % 254;
  const podIP = stringAt(status, 'podIP') ?? `10.0.${host(0)}.${host(2) + 1}`;
  return {
    ...status,
    phase,
    hostIP: '127.0.0.1',
    hostIPs: [{ip: '127.0.0.1'}],
    podIP,
    podIPs: [{ip: podIP}],
    startTime: stringAt(status, 'startTime') ?? timestamp(),
  };
}

/** Keeps the transition time of a condition that has not changed. */
export function conditions(
  pod: ApiObject,
  wanted: Readonly<Record<string, Truth>>,
): readonly JsonObject[] {
  const before = objectsAt(pod, 'status', 'conditions');
  return Object.entries(wanted).map(([type, truth]) => {
    const known = before.find(each => each.type === type);
    const same = known?.status === truth.status;
    return {
      type,
      observedGeneration: pod.metadata.generation ?? 1,
      lastProbeTime: null,
      lastTransitionTime: (same ? stringAt(known, 'lastTransitionTime') : undefined) ?? timestamp(),
      ...truth,
    };
  });
}

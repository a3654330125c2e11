import type {JsonObject} from '../json.ts';
import {compact, objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {timestamp} from '../store/object.ts';
import type {ContainerState} from './container-state.ts';
import type {Truth} from './pod-status.ts';
import {conditions} from './pod-status.ts';

/** The containers of a pod, for its status. */
export interface PodContainers {
  readonly init: readonly ContainerState[];
  readonly main: readonly ContainerState[];
}

const yes: Truth = {status: 'True'};

/** The status of a pod whose containers are in this state (kubelet's generateAPIPodStatus). */
export function liveStatus(
  pod: ApiObject,
  containers: PodContainers,
  address: {readonly podIP: string; readonly isUp: boolean},
): JsonObject {
  const {podIP, isUp} = address;
  const phase = phaseOf(containers, stringAt(pod, 'spec', 'restartPolicy') ?? 'Always');
  const status = objectAt(pod, 'status');
  const init = containers.init.map(each => each.status());
  return compact({
    ...status,
    phase,
    hostIP: '127.0.0.1',
    hostIPs: [{ip: '127.0.0.1'}],
    ...(isUp ? {podIP, podIPs: [{ip: podIP}]} : {}),
    startTime: stringAt(status, 'startTime') ?? timestamp(),
    conditions: keepingOthers(pod, {
      PodReadyToStartContainers:
        isUp && phase !== 'Succeeded' && phase !== 'Failed' ? yes : {status: 'False'},
      Initialized: initialized(containers, phase),
      Ready: ready(containers, phase),
      ContainersReady: ready(containers, phase),
      PodScheduled: yes,
    }),
    initContainerStatuses: init.length > 0 ? init : undefined,
    containerStatuses: containers.main.map(each => each.status()),
  });
}

/** Keeps conditions that are not the kubelet's, such as DisruptionTarget. */
function keepingOthers(
  pod: ApiObject,
  wanted: Readonly<Record<string, Truth>>,
): readonly JsonObject[] {
  const others = objectsAt(pod, 'status', 'conditions').filter(
    ({type}) => !(String(type) in wanted),
  );
  return [...others, ...conditions(pod, wanted)];
}

/** Kubelet's getPhase. */
export function phaseOf({init, main}: PodContainers, restartPolicy: string): string {
  const failedInit = init.some(({exitCode}) => exitCode !== undefined && exitCode !== 0);
  if (failedInit && restartPolicy === 'Never') return 'Failed';
  if (init.some(({exitCode}) => exitCode !== 0)) return 'Pending';
  if (main.some(({isWaiting, hasRun}) => isWaiting && !hasRun)) return 'Pending';
  if (main.some(({isRunning}) => isRunning)) return 'Running';
  if (restartPolicy === 'Always') return 'Running';
  if (main.every(({exitCode}) => exitCode === 0)) return 'Succeeded';
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}

function initialized({init}: PodContainers, phase: string): Truth {
  if (phase === 'Succeeded') return {status: 'True', reason: 'PodCompleted'};
  const open = init.filter(({exitCode}) => exitCode !== 0).map(({name}) => name);
  if (open.length === 0) return yes;
  const message = `containers with incomplete status: [${open.join(' ')}]`;
  return {status: 'False', reason: 'ContainersNotInitialized', message};
}

function ready({main}: PodContainers, phase: string): Truth {
  if (phase === 'Succeeded') return {status: 'False', reason: 'PodCompleted'};
  if (phase === 'Failed') return {status: 'False', reason: 'PodFailed'};
  const unready = main.filter(({isReady}) => !isReady).map(({name}) => name);
  if (unready.length === 0) return yes;
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return {status: 'False', reason: 'ContainersNotReady', message};
}

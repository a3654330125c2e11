import {randomBytes, randomUUID} from 'node:crypto';
import {finishDeletion} from '../api/deletion.ts';
import {withDefaults} from '../api/defaults.ts';
import type {JsonObject} from '../json.ts';
import {isObject, objectAt, stringAt} from '../json.ts';
import {applyMergePatch} from '../patch/merge-patch.ts';
import type {ApiObject} from '../store/object.ts';
import {timestamp} from '../store/object.ts';
import type {Store} from '../store/store.ts';
import type {Ending} from './pod-status.ts';
import {
  endedStatus,
  evictedStatus,
  lostPod,
  nodeName,
  runningStatus,
  scheduledStatus,
  unschedulableStatus,
  waitingStatus,
} from './pod-status.ts';

/** Lets a test act as kubelet and scheduler for one pod. Calls for a deleted pod do nothing. */
export interface PodControl {
  /** The pod as it is now; undefined once it is gone. */
  readonly pod: ApiObject | undefined;
  /** Assigns it to the node. */
  schedule(): void;
  /** Makes it running and ready, on a node. */
  run(): void;
  /** Makes its containers wait with this reason, e.g. ImagePullBackOff or CreateContainerConfigError. */
  wait(reason: string, message?: string): void;
  /** Makes it unschedulable; also posts the scheduler's Warning event. */
  unschedulable(message?: string): void;
  /** Ends its containers: phase Succeeded or Failed. */
  end(ending: Ending): void;
  /** Ends it as when the kernel OOM-kills a container. */
  outOfMemory(): void;
  /** Evicts it for node pressure: phase Failed, reason Evicted. */
  evict(message?: string): void;
  /**
   * Loses its node: not ready, marked for deletion, and kept until it is deleted with grace 0. Its
   * containers end, but this is not reported.
   */
  loseNode(): void;
  /** Merges this into its status (RFC 7386). */
  setStatus(patch: JsonObject): void;
  /** Posts an Event about it. */
  event(event: {
    readonly type: 'Normal' | 'Warning';
    readonly reason: string;
    readonly message: string;
  }): void;
  /** Removes it at once. */
  remove(): void;
}

const noNode =
  "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

const lowOnMemory =
  'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. ';

export function controlPod(store: Store, namespace: string, name: string): PodControl {
  const current = (): ApiObject | undefined => store.get('pods', namespace, name);
  const change = (next: (pod: ApiObject) => ApiObject): void => {
    const pod = current();
    if (pod !== undefined) store.put('pods', next(pod));
  };
  const control: PodControl = {
    get pod() {
      return current();
    },
    schedule() {
      const pod = current();
      if (pod === undefined || stringAt(pod, 'spec', 'nodeName') !== undefined) return;
      change(each => ({
        ...each,
        spec: {...objectAt(each, 'spec'), nodeName},
        status: scheduledStatus(each),
      }));
      const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
      control.event({type: 'Normal', reason: 'Scheduled', message});
    },
    run() {
      control.schedule();
      change(pod => ({...pod, status: runningStatus(pod)}));
      control.event({type: 'Normal', reason: 'Started', message: 'Started container'});
    },
    wait(reason, message) {
      control.schedule();
      change(pod => ({...pod, status: waitingStatus(pod, reason, message)}));
    },
    unschedulable(message = noNode) {
      change(pod => ({...pod, status: unschedulableStatus(pod, message)}));
      control.event({type: 'Warning', reason: 'FailedScheduling', message});
    },
    end(ending) {
      control.schedule();
      change(pod => ({...pod, status: endedStatus(pod, ending)}));
    },
    outOfMemory() {
      control.end({exitCode: 137, reason: 'OOMKilled'});
    },
    evict(message = lowOnMemory) {
      change(pod => ({...pod, status: evictedStatus(pod, message)}));
      control.event({type: 'Warning', reason: 'Evicted', message});
    },
    loseNode() {
      change(lostPod);
      control.event({type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready'});
    },
    setStatus(patch) {
      change(pod => {
        const status = applyMergePatch(objectAt(pod, 'status'), patch);
        return {...pod, status: isObject(status) ? status : {}};
      });
    },
    event(event) {
      const pod = current();
      if (pod !== undefined) store.put('events', eventAbout(pod, event));
    },
    remove() {
      const pod = current();
      if (pod !== undefined) finishDeletion(store, pod);
    },
  };
  return control;
}

function eventAbout(pod: ApiObject, event: JsonObject): ApiObject {
  const {name, namespace = '', uid = '', resourceVersion = ''} = pod.metadata;
  const now = timestamp();
  return withDefaults({
    kind: 'Event',
    apiVersion: 'v1',
    metadata: {
      name: `${name}.${randomBytes(8).toString('hex')}`,
      namespace,
      uid: randomUUID(),
      creationTimestamp: now,
    },
    involvedObject: {kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion},
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    source: {component: 'gc-dev-cluster', host: nodeName},
    ...event,
  });
}

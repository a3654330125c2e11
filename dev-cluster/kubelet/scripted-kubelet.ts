import {finishDeletion} from '../api/deletion.ts';
import {stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Change, Store} from '../store/store.ts';
import type {Kubelet} from './kubelet.ts';
import type {PodControl} from './pod-control.ts';
import {controlPod} from './pod-control.ts';
import {endedStatus, isLost} from './pod-status.ts';

export interface KubeletOptions {
  /** From a pod's creation to Running. Default: 0. */
  readonly startMilliseconds?: number;
  /** From a graceful delete to the pod's end. Default: 0. `grace` uses the whole grace period. */
  readonly terminationMilliseconds?: number | 'grace';
  /** Returns true to take control of a new pod, which the kubelet then leaves alone. */
  readonly onPod?: (pod: ApiObject, control: PodControl) => boolean;
  /** How the node receives changes. Default: directly from the store. */
  readonly subscribe?: Store['subscribe'];
}

/** Simulates the life of every pod, without running anything. */
export class ScriptedKubelet implements Kubelet {
  readonly #store: Store;
  readonly #options: KubeletOptions;
  readonly #leave: () => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #ends = new Map<string, AbortController>();

  constructor(store: Store, options: KubeletOptions) {
    this.#store = store;
    this.#options = options;
    const subscribe = options.subscribe ?? (listener => store.subscribe(listener));
    this.#leave = subscribe(change => {
      if (change.resource === 'pods') this.#changed(change);
    });
  }

  /** Aborted when the pod's containers end, or the cluster stops. */
  endOf(pod: ApiObject): AbortSignal {
    const uid = pod.metadata.uid ?? '';
    const controller = this.#ends.get(uid) ?? new AbortController();
    this.#ends.set(uid, controller);
    return controller.signal;
  }

  stop(): Promise<void> {
    this.#leave();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const controller of this.#ends.values()) controller.abort();
    return Promise.resolve();
  }

  #changed({before, object, deleted}: Change): void {
    const {uid = '', deletionTimestamp, deletionGracePeriodSeconds: grace = 0} = object.metadata;
    const phase = stringAt(object, 'status', 'phase');
    if (deleted || phase === 'Failed' || phase === 'Succeeded') {
      this.#ends.get(uid)?.abort();
      this.#ends.delete(uid);
    }
    if (deleted || isLost(object)) return;
    if (before === undefined)
      this.#later(this.#options.startMilliseconds ?? 0, object, pod => this.#start(pod));
    else if (deletionTimestamp !== undefined && grace > 0) {
      const given = this.#options.terminationMilliseconds ?? 0;
      this.#later(given === 'grace' ? grace * 1000 : given, object, pod => this.#terminate(pod));
    }
  }

  #start(pod: ApiObject): void {
    const control = controlPod(this.#store, pod.metadata.namespace ?? '', pod.metadata.name);
    if (this.#options.onPod?.(pod, control) === true) return;
    control.run();
  }

  #terminate(pod: ApiObject): void {
    const phase = stringAt(pod, 'status', 'phase');
    const ended =
      phase === 'Running'
        ? this.#store.put('pods', {...pod, status: endedStatus(pod, {exitCode: 143})})
        : pod;
    finishDeletion(this.#store, ended);
  }

  /** Calls `act` after this time with the current pod, if it is still the same one. */
  #later(milliseconds: number, {metadata}: ApiObject, act: (pod: ApiObject) => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const pod = this.#store.get('pods', metadata.namespace, metadata.name);
      if (pod?.metadata.uid === metadata.uid && pod !== undefined) act(pod);
    }, milliseconds);
    this.#timers.add(timer);
  }
}

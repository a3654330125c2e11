import {remove} from './api/deletion.ts';
import {resourceNamed} from './api/resources.ts';
import {stringAt} from './json.ts';
import {controlPod} from './kubelet/pod-control.ts';
import {disrupted} from './kubelet/pod-status.ts';
import {toleratedSeconds} from './kubelet/taints.ts';
import type {ApiObject} from './store/object.ts';
import type {Store} from './store/store.ts';

/** Evicts pods from a node with a NoExecute taint, once they no longer tolerate it. */
export class TaintManager {
  readonly #store: Store;
  readonly #leave: () => void;
  #waiting: NodeJS.Timeout[] = [];

  constructor(store: Store) {
    this.#store = store;
    this.#leave = store.subscribe(({resource, object}) => {
      if (resource === 'nodes') this.#look(object);
    });
  }

  stop(): void {
    this.#leave();
    this.#forget();
  }

  #forget(): void {
    for (const timer of this.#waiting.splice(0)) clearTimeout(timer);
  }

  #look(node: ApiObject): void {
    this.#forget();
    const pods = this.#store
      .list('pods', undefined)
      .filter(pod => stringAt(pod, 'spec', 'nodeName') === node.metadata.name);
    for (const pod of pods) {
      const seconds = toleratedSeconds(pod, node);
      if (seconds === undefined) continue;
      // Asynchronous, so that the write that tainted the node is answered first.
      this.#waiting.push(setTimeout(() => this.#evict(pod), seconds * 1000));
    }
  }

  #evict({metadata: {namespace = '', name, uid}}: ApiObject): void {
    const pod = this.#store.get('pods', namespace, name);
    const resource = resourceNamed('pods', 'v1');
    if (pod === undefined || pod.metadata.uid !== uid || resource === undefined) return;
    if (pod.metadata.deletionTimestamp !== undefined) return;
    controlPod(this.#store, namespace, name).event({
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message: `Marking for deletion Pod ${namespace}/${name}`,
    });
    const message = 'Taint manager: deleting due to NoExecute taint';
    this.#store.put('pods', disrupted(pod, 'DeletionByTaintManager', message));
    remove(this.#store, {resource, namespace, name}, {});
  }
}

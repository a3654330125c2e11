import type {Faults} from './faults.ts';
import {objectAt, objectsAt, stringAt} from './json.ts';
import {controlPod} from './kubelet/pod-control.ts';
import {nodeName} from './kubelet/pod-status.ts';
import type {ApiObject} from './store/object.ts';
import {timestamp} from './store/object.ts';
import type {Change, Store} from './store/store.ts';

const unreachable =
  '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

/** The connection between the API server and its one node, which is cut while the node is lost. */
export class NodeLink {
  readonly #store: Store;
  readonly #faults: Faults;
  #held: (() => void)[] = [];
  #wasLost = false;

  constructor(store: Store, faults: Faults) {
    this.#store = store;
    this.#faults = faults;
    faults.onChange(() => this.#changed());
  }

  get isLost(): boolean {
    return this.#faults.lasting('node-silent') !== undefined;
  }

  /** The store's `subscribe` for the kubelet: changes during a loss are delivered after it. */
  subscribe(listener: (change: Change) => void): () => void {
    return this.#store.subscribe(change => {
      if (!this.isLost) {
        listener(change);
        return;
      }
      this.#held.push(() => listener(change));
      const {metadata} = change.object;
      if (change.resource === 'pods' && change.before === undefined)
        controlPod(this.#store, metadata.namespace ?? '', metadata.name).unschedulable(unreachable);
    });
  }

  #changed(): void {
    if (this.isLost === this.#wasLost) return;
    this.#wasLost = this.isLost;
    this.#tellNode();
    for (const pod of this.#store.list('pods', undefined)) this.#tellPod(pod);
    if (this.isLost) return;
    for (const tell of this.#held.splice(0)) tell();
  }

  #tellNode(): void {
    const node = this.#store.get('nodes', undefined, nodeName);
    if (node === undefined) return;
    const because = this.isLost
      ? {
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
        }
      : {status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status'};
    this.#store.put('nodes', withCondition(node, because));
  }

  /** Updates a pod as the node lifecycle controller does, and the kubelet when it is back. */
  #tellPod(pod: ApiObject): void {
    if (stringAt(pod, 'status', 'phase') !== 'Running') return;
    this.#store.put('pods', withCondition(pod, {status: this.isLost ? 'False' : 'True'}));
  }
}

function withCondition(object: ApiObject, change: Readonly<Record<string, string>>): ApiObject {
  const conditions = objectsAt(object, 'status', 'conditions').map(condition =>
    condition.type === 'Ready'
      ? {...condition, ...change, lastTransitionTime: timestamp()}
      : condition,
  );
  return {...object, status: {...objectAt(object, 'status'), conditions}};
}

import type {ApiObject} from '../store/object.ts';
import type {Node} from './node.ts';

/** What the worker of a container knows of its pod. */
export interface PodContext {
  readonly node: Node;
  /** An address of loopback, of this pod alone. */
  readonly podIP: string;
  /** As it is now, or was last. */
  readonly pod: () => ApiObject;
  readonly volumes: () => ReadonlyMap<string, string>;
  /** Aborted once nothing of the pod is to be started any more. */
  readonly unwanted: AbortSignal;
  /** The state of a container has changed. */
  readonly changed: () => void;
  readonly event: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

/** `container=NAME pod=…`, as the kubelet writes it into events. */
export function containerTitle({metadata}: ApiObject, container: string): string {
  const {name, namespace = '', uid = ''} = metadata;
  return `${container} pod=${name}_${namespace}(${uid})`;
}

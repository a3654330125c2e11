import type {ApiObject} from '../store/object.ts';
import type {Node} from './node.ts';

/** The pod, as seen by a container's worker. */
export interface PodContext {
  readonly node: Node;
  /** This pod's own loopback address. */
  readonly podIP: string;
  /** The current object, or the last one before it was deleted. */
  readonly pod: () => ApiObject;
  readonly volumes: () => ReadonlyMap<string, string>;
  /** Aborted when nothing in the pod may be started any more. */
  readonly stopping: AbortSignal;
  /** Reports that the state of a container has changed. */
  readonly changed: () => void;
  readonly event: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

/** `container=NAME pod=…`, as in the kubelet's events. */
export function containerTitle({metadata}: ApiObject, container: string): string {
  const {name, namespace = '', uid = ''} = metadata;
  return `${container} pod=${name}_${namespace}(${uid})`;
}

import {finishDeletion} from '../api/deletion.ts';
import {stringAt} from '../json.ts';
import type {Store} from '../store/store.ts';
import {controlPod} from './pod-control.ts';

/**
 * Updates the pods after a restart, when none of their containers run any more: pods that were being
 * deleted are removed, the others have failed.
 */
export function failLostPods(store: Store): void {
  for (const pod of store.list('pods', undefined)) {
    const {name, namespace = '', deletionTimestamp} = pod.metadata;
    const phase = stringAt(pod, 'status', 'phase');
    if (deletionTimestamp !== undefined) finishDeletion(store, pod);
    else if (phase === 'Running' || phase === 'Pending') {
      const message = 'the cluster was stopped while the container ran';
      controlPod(store, namespace, name).end({
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message,
      });
    }
  }
}

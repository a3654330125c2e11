import {disrupted} from '../kubelet/pod-status.ts';
import type {Store} from '../store/store.ts';
import type {DeleteOptions} from './deletion.ts';
import {remove} from './deletion.ts';
import type {Target} from './writes.ts';
import {requireFound} from './writes.ts';

/**
 * Deletes a pod as the Eviction API does: with the reason in its status first. There are no disruption
 * budgets here.
 */
export function evict(store: Store, target: Target, options: DeleteOptions): void {
  const pod = requireFound(store, target);
  remove(store, target, {...options, dryRun: true});
  if (options.dryRun === true) return;
  store.put('pods', disrupted(pod, 'EvictionByEvictionAPI', 'Eviction API: evicting'));
  // The status write changed the resourceVersion, so the client's precondition on it would fail.
  remove(store, target, {...options, resourceVersion: undefined});
}

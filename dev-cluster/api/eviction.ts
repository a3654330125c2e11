import {disrupted} from '../kubelet/pod-status.ts';
import type {Store} from '../store/store.ts';
import type {DeleteOptions} from './deletion.ts';
import {remove} from './deletion.ts';
import type {Target} from './writes.ts';
import {requireFound} from './writes.ts';

/**
 * Deletes a pod as the Eviction API does: first its status says why. There are no disruption budgets
 * here that could forbid it.
 */
export function evict(store: Store, target: Target, options: DeleteOptions): void {
  const pod = requireFound(store, target);
  remove(store, target, {...options, dryRun: true});
  if (options.dryRun === true) return;
  store.put('pods', disrupted(pod, 'EvictionByEvictionAPI', 'Eviction API: evicting'));
  // That write is no change the client knows of.
  remove(store, target, {...options, resourceVersion: undefined});
}

import {numberAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {timestamp, withMetadata} from '../store/object.ts';
import type {Store} from '../store/store.ts';
import {conflict} from './status.ts';
import type {Resource} from './resources.ts';
import type {Target} from './writes.ts';
import {requireFound} from './writes.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly dryRun?: boolean;
}

/** The deleted object, and whether it is gone already. */
export interface Deleted {
  readonly object: ApiObject;
  readonly gone: boolean;
}

/**
 * Deletes an object, or marks it for deletion: a pod on a node goes when its kubelet confirms (grace 0: at
 * once), an object with finalizers when the last one is removed.
 */
export function remove(store: Store, target: Target, options: DeleteOptions): Deleted {
  const current = requireFound(store, target);
  requirePreconditions(current, target.resource, options);
  if (options.dryRun === true) return {object: current, gone: false};
  const grace = graceOf(current, options);
  const held = current.metadata.finalizers !== undefined;
  if (grace === 0 && !held) {
    const last = marked(current, 0, store.now());
    // Watches see a pod marked before they see it gone; its kubelet may remove it in between.
    if (current.kind === 'Pod') store.put('pods', last);
    if (store.get(target.resource.plural, target.namespace, target.name) === undefined)
      return {object: last, gone: true};
    return {object: store.remove(target.resource.plural, last), gone: true};
  }
  const before = current.metadata.deletionGracePeriodSeconds;
  if (before !== undefined && before <= grace) return {object: current, gone: false};
  return {
    object: store.put(target.resource.plural, marked(current, grace, store.now())),
    gone: false,
  };
}

/** The kubelet's last step: removes an ended pod, unless finalizers hold it. */
export function finishDeletion(store: Store, pod: ApiObject): void {
  const ended = store.put('pods', withMetadata(pod, {deletionGracePeriodSeconds: 0}));
  if (ended.metadata.finalizers === undefined) store.remove('pods', ended);
}

function graceOf(object: ApiObject, {gracePeriodSeconds}: DeleteOptions): number {
  if (object.kind !== 'Pod') return 0;
  const phase = stringAt(object, 'status', 'phase');
  const unplaced = stringAt(object, 'spec', 'nodeName') === undefined;
  if (unplaced || phase === 'Succeeded' || phase === 'Failed') return 0;
  return gracePeriodSeconds ?? numberAt(object, 'spec', 'terminationGracePeriodSeconds') ?? 30;
}

function marked(object: ApiObject, grace: number, now: number): ApiObject {
  const {generation} = object.metadata;
  // Only pods and objects with finalizers ever have a visible deletion time.
  if (object.kind !== 'Pod' && object.metadata.finalizers === undefined) return object;
  return withMetadata(object, {
    deletionTimestamp: timestamp(now + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(generation === undefined ? {} : {generation: generation + 1}),
  });
}

function requirePreconditions(
  {kind, metadata}: ApiObject,
  resource: Resource,
  {uid, resourceVersion}: DeleteOptions,
): void {
  // A pod is deleted gracefully, and that code path names the Kind in its conflict.
  const subject = resource.kind === kind ? kind : resource.plural;
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      subject,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      subject,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
  }
}

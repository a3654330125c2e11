import type {JsonObject} from '../json.ts';
import {numberAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';

/**
 * How many seconds a pod tolerates its node's NoExecute taints; undefined for no limit, 0 when it does not
 * tolerate one of them.
 */
export function toleratedSeconds(pod: ApiObject, node: ApiObject): number | undefined {
  const times = objectsAt(node, 'spec', 'taints')
    .filter(({effect}) => effect === 'NoExecute')
    .map(taint => secondsOf(taint, objectsAt(pod, 'spec', 'tolerations')))
    .filter(each => each !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The taint that keeps a new pod off the node, if any. */
export function untolerated(pod: ApiObject, node: ApiObject): JsonObject | undefined {
  const tolerations = objectsAt(pod, 'spec', 'tolerations');
  return objectsAt(node, 'spec', 'taints')
    .filter(({effect}) => effect !== 'PreferNoSchedule')
    .find(taint => !tolerations.some(each => tolerates(each, taint)));
}

function secondsOf(taint: JsonObject, tolerations: readonly JsonObject[]): number | undefined {
  const found = tolerations.filter(each => tolerates(each, taint));
  if (found.length === 0) return 0;
  const times = found.map(each => numberAt(each, 'tolerationSeconds') ?? Infinity);
  const least = Math.max(0, Math.min(...times));
  return least === Infinity ? undefined : least;
}

/** An empty key or effect matches all. */
function tolerates(toleration: JsonObject, taint: JsonObject): boolean {
  const key = stringAt(toleration, 'key') ?? '';
  const effect = stringAt(toleration, 'effect') ?? '';
  if ((key !== '' && key !== taint.key) || (effect !== '' && effect !== taint.effect)) return false;
  if (toleration.operator === 'Exists') return true;
  return (stringAt(toleration, 'value') ?? '') === (stringAt(taint, 'value') ?? '');
}

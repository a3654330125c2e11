import {isDeepStrictEqual} from 'node:util';
import {isObject, objectAt, objectsAt, stringAt, valueAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Violation} from './status.ts';
import {invalid} from './status.ts';

const podRule =
  'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Raises 422 when the update changes what may not change. */
export function requireMutable(current: ApiObject, next: ApiObject): void {
  const violations = [...frozenData(current, next), ...podSpec(current, next)];
  if (violations.length > 0) throw invalid(current.kind, current.metadata.name, violations);
}

function frozenData(current: ApiObject, next: ApiObject): Violation[] {
  if (current.immutable !== true) return [];
  const message = 'Forbidden: field is immutable when `immutable` is set';
  return [
    ...(next.immutable === true ? [] : ['immutable']),
    ...['data', 'binaryData'].filter(
      field => !isDeepStrictEqual(objectAt(current, field), objectAt(next, field)),
    ),
  ].map(field => ({field, reason: 'FieldValueForbidden' as const, message}));
}

function podSpec(current: ApiObject, next: ApiObject): Violation[] {
  if (current.kind !== 'Pod') return [];
  if (
    objectsAt(current, 'spec', 'containers').length !== objectsAt(next, 'spec', 'containers').length
  ) {
    const message = 'Forbidden: pod updates may not add or remove containers';
    return [{field: 'spec.containers', reason: 'FieldValueForbidden', message}];
  }
  if (isDeepStrictEqual(fixedPart(current), fixedPart(next))) return [];
  return [{field: 'spec', reason: 'FieldValueForbidden', message: podRule}];
}

function fixedPart(pod: ApiObject): unknown {
  return {
    ...objectAt(pod, 'spec'),
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    containers: withoutImage(valueAt(pod, 'spec', 'containers')),
    initContainers: withoutImage(valueAt(pod, 'spec', 'initContainers')),
  };
}

function withoutImage(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((container: unknown) =>
    isObject(container) && stringAt(container, 'image') !== undefined
      ? {...container, image: ''}
      : container,
  );
}

import {stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Resource} from './resources.ts';
import {badRequest} from './status.ts';

const always = ['metadata.name', 'metadata.namespace'];
const onlyFor: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  events: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      field => `involvedObject.${field}`,
    ),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  namespaces: ['status.phase'],
  secrets: ['type'],
};

/** Parses `fieldSelector`: terms with =, == or !=, all of which must hold. */
export function fieldSelector(text: string, resource: Resource): (object: ApiObject) => boolean {
  const tests = text
    .split(',')
    .filter(term => term !== '')
    .map(term => {
      const [, field = '', operator, value = ''] = /^([^=!]*)(!=|==?)(.*)$/.exec(term) ?? [];
      if (operator === undefined) {
        throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      }
      requireKnown(field, resource);
      return (object: ApiObject) => (valueOf(object, field) === value) === (operator !== '!=');
    });
  return object => tests.every(test => test(object));
}

function requireKnown(field: string, {plural}: Resource): void {
  const own = onlyFor[plural];
  if (always.includes(field) || own?.includes(field) === true) return;
  throw badRequest(
    own === undefined
      ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${field}`,
  );
}

function valueOf(object: ApiObject, field: string): string {
  if (field === 'source') {
    return stringAt(object, 'source', 'component') ?? stringAt(object, 'reportingComponent') ?? '';
  }
  return stringAt(object, ...field.split('.')) ?? '';
}

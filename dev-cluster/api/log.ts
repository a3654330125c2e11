import {objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Reply} from './operations.ts';
import {badRequest} from './status.ts';

/** Nothing runs here, so a log is empty; what a real server refuses is refused. */
export function logReply(pod: ApiObject, query: URLSearchParams): Reply {
  const names = objectsAt(pod, 'spec', 'containers').map(each => stringAt(each, 'name') ?? '');
  const container = query.get('container') ?? names[0] ?? '';
  const {name} = pod.metadata;
  if (!names.includes(container))
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  if (query.get('previous') === 'true') {
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  }
  const status = objectsAt(pod, 'status', 'containerStatuses').find(
    each => each.name === container,
  );
  const reason = stringAt(objectAt(status, 'state'), 'waiting', 'reason');
  if (reason !== undefined) {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${reason}`);
  }
  return {code: 200, body: ''};
}

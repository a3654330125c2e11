import type {JsonObject} from '../json.ts';
import {compact} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Listed} from './reads.ts';
import type {Resource} from './resources.ts';
import {notAcceptable} from './status.ts';
import {tableOf} from '../table/table.ts';

/** The form in which the client wants objects. */
export type Representation = 'object' | 'metadata' | 'table';

/** The first form in `Accept` that is supported; raises 406 when there is none. */
export function representationOf(
  accept: string,
  {kind, isList}: {kind: string; isList: boolean},
): Representation {
  for (const option of accept.split(',').map(each => each.trim())) {
    const [media = '', ...parameters] = option.split(';').map(each => each.trim());
    if (!['', '*/*', 'application/*', 'application/json'].includes(media)) continue;
    const as = parameters.find(each => each.startsWith('as='))?.slice(3);
    if (as === undefined) return 'object';
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
      if (as.endsWith('List') === isList) return 'metadata';
      const what = isList ? `a list (*core.${kind}List)` : `not a list (*core.${kind})`;
      throw notAcceptable(`you requested ${as}, but the requested object is ${what}`);
    }
  }
  throw notAcceptable(
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
  );
}

const metaVersion = 'meta.k8s.io/v1';

export function representObject(
  object: ApiObject,
  as: Representation,
  resource: Resource,
): JsonObject {
  if (as === 'table')
    return tableOf(resource, [object], {resourceVersion: object.metadata.resourceVersion});
  if (as === 'object') return object;
  return {kind: 'PartialObjectMetadata', apiVersion: metaVersion, metadata: object.metadata};
}

export function representList(listed: Listed, as: Representation, resource: Resource): JsonObject {
  const {metadata, items} = listed;
  if (as === 'table') return tableOf(resource, items, metadata);
  if (as === 'metadata') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: metaVersion,
      metadata,
      // A real server converts the list, and Go encodes an empty slice that was never allocated as null.
      items: items.length === 0 ? null : items.map(item => representObject(item, as, resource)),
    };
  }
  // Items of a typed list do not repeat their kind.
  const bare = items.map(item => compact({...item, kind: undefined, apiVersion: undefined}));
  return {kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items: bare};
}

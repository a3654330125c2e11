import type {Resource} from '../api/resources.ts';
import type {JsonObject} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Column} from './column.ts';
import {age} from './column.ts';
import {columns, eventColumns} from './columns.ts';

const name: Column = {name: 'Name', cell: object => object.metadata.name};

/** What `kubectl get` prints: the server chooses the columns. */
export function tableOf(
  resource: Resource,
  objects: readonly ApiObject[],
  metadata: JsonObject,
): JsonObject {
  const {plural} = resource;
  const all = plural === 'events' ? eventColumns : [name, ...(columns[plural] ?? [age])];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: all.map(column => ({
      name: column.name,
      type: 'string',
      format: column.name === 'Name' ? 'name' : '',
      description: '',
      priority: column.wide === true ? 1 : 0,
    })),
    rows: objects.map(object => ({
      cells: all.map(({cell}) => cell(object)),
      object: {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: object.metadata,
      },
    })),
  };
}

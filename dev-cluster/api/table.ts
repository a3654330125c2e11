import type {JsonObject} from '../json.ts';
import {isObject, numberAt, objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Resource} from './resources.ts';

interface Column {
  readonly name: string;
  /** Columns of `-o wide` have priority 1. */
  readonly wide?: boolean;
  readonly cell: (object: ApiObject) => string | number;
}

const age: Column = {name: 'Age', cell: object => sinceText(object.metadata.creationTimestamp)};

const columns: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    {
      name: 'Ready',
      cell: pod => `${readyCount(pod)}/${objectsAt(pod, 'spec', 'containers').length}`,
    },
    {name: 'Status', cell: podStatus},
    {name: 'Restarts', cell: () => '0'},
    age,
    {name: 'IP', wide: true, cell: pod => stringAt(pod, 'status', 'podIP') ?? '<none>'},
    {name: 'Node', wide: true, cell: pod => stringAt(pod, 'spec', 'nodeName') ?? '<none>'},
  ],
  configmaps: [{name: 'Data', cell: dataCount}, age],
  secrets: [
    {name: 'Type', cell: secret => stringAt(secret, 'type') ?? ''},
    {name: 'Data', cell: dataCount},
    age,
  ],
  namespaces: [{name: 'Status', cell: each => stringAt(each, 'status', 'phase') ?? ''}, age],
  persistentvolumeclaims: [
    {name: 'Status', cell: each => stringAt(each, 'status', 'phase') ?? ''},
    age,
  ],
  events: [
    {name: 'Type', cell: event => stringAt(event, 'type') ?? ''},
    {name: 'Reason', cell: event => stringAt(event, 'reason') ?? ''},
    {
      name: 'Object',
      cell: event =>
        `${(stringAt(event, 'involvedObject', 'kind') ?? '').toLowerCase()}/${stringAt(event, 'involvedObject', 'name') ?? ''}`,
    },
    {name: 'Message', cell: event => stringAt(event, 'message') ?? ''},
  ],
};

/** What `kubectl get` prints: the server chooses the columns. */
export function tableOf(
  resource: Resource,
  objects: readonly ApiObject[],
  metadata: JsonObject,
): JsonObject {
  const own = columns[resource.plural] ?? [age];
  const all: readonly Column[] = [{name: 'Name', cell: object => object.metadata.name}, ...own];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: all.map(({name, wide}) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: wide === true ? 1 : 0,
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

function readyCount(pod: ApiObject): number {
  return objectsAt(pod, 'status', 'containerStatuses').filter(each => each.ready === true).length;
}

function podStatus(pod: ApiObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const status of objectsAt(pod, 'status', 'containerStatuses')) {
    const reason =
      stringAt(status, 'state', 'waiting', 'reason') ??
      stringAt(status, 'state', 'terminated', 'reason');
    if (reason !== undefined) return reason;
    const code = numberAt(status, 'state', 'terminated', 'exitCode');
    if (code !== undefined) return `ExitCode:${code}`;
  }
  return stringAt(pod, 'status', 'reason') ?? stringAt(pod, 'status', 'phase') ?? 'Unknown';
}

function dataCount(object: ApiObject): number {
  const data = isObject(object.data) ? object.data : {};
  return Object.keys({...data, ...objectAt(object, 'binaryData')}).length;
}

function sinceText(time: string | undefined): string {
  if (time === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return `${Math.floor(seconds / 3600)}h`;
}

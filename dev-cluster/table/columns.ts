import type {JsonObject} from '../json.ts';
import {isObject, numberAt, objectAt, objectsAt, stringAt, valueAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Column} from './column.ts';
import {age} from './column.ts';
import {sinceText} from './duration.ts';
import {podColumns} from './pod-columns.ts';

const none = '<none>';

/** A column for this field. */
const field = (name: string, ...path: readonly string[]): Column => ({
  name,
  cell: object => stringAt(object, ...path) ?? '',
});

const selector: Column = {
  name: 'Selector',
  wide: true,
  cell: object => pairs(objectAt(object, 'spec', 'selector', 'matchLabels')),
};

const template = (...path: readonly string[]): readonly Column[] =>
  (['name', 'image'] as const).map(what => ({
    name: what === 'name' ? 'Containers' : 'Images',
    wide: true,
    cell: object =>
      objectsAt(object, ...path, 'spec', 'containers')
        .map(each => stringAt(each, what) ?? '')
        .join(),
  }));

const createdAt: Column = {
  name: 'Created At',
  cell: object => object.metadata.creationTimestamp ?? '',
};

const ready: Column = {
  name: 'Ready',
  cell: object =>
    `${numberAt(object, 'status', 'readyReplicas') ?? 0}/${numberAt(object, 'spec', 'replicas') ?? 1}`,
};

const roleOf: Column = {
  name: 'Role',
  cell: object =>
    `${stringAt(object, 'roleRef', 'kind') ?? ''}/${stringAt(object, 'roleRef', 'name') ?? ''}`,
};

/** The columns after the name, by resource; other resources only have their age. */
export const columns: Readonly<Record<string, readonly Column[]>> = {
  pods: podColumns,
  configmaps: [{name: 'Data', cell: dataCount}, age],
  secrets: [field('Type', 'type'), {name: 'Data', cell: dataCount}, age],
  namespaces: [field('Status', 'status', 'phase'), age],
  serviceaccounts: [{name: 'Secrets', cell: each => objectsAt(each, 'secrets').length}, age],
  nodes: [
    {name: 'Status', cell: nodeStatus},
    {name: 'Roles', cell: () => none},
    age,
    field('Version', 'status', 'nodeInfo', 'kubeletVersion'),
    {name: 'Internal-IP', wide: true, cell: () => '127.0.0.1'},
    {name: 'External-IP', wide: true, cell: () => none},
    {...field('OS-Image', 'status', 'nodeInfo', 'osImage'), wide: true},
    {...field('Kernel-Version', 'status', 'nodeInfo', 'kernelVersion'), wide: true},
    {...field('Container-Runtime', 'status', 'nodeInfo', 'containerRuntimeVersion'), wide: true},
  ],
  persistentvolumeclaims: [
    field('Status', 'status', 'phase'),
    field('Volume', 'spec', 'volumeName'),
    field('Capacity', 'status', 'capacity', 'storage'),
    {name: 'Access Modes', cell: accessModes},
    field('StorageClass', 'spec', 'storageClassName'),
    {name: 'VolumeAttributesClass', cell: () => '<unset>'},
    age,
    {...field('VolumeMode', 'spec', 'volumeMode'), wide: true},
  ],
  services: [
    field('Type', 'spec', 'type'),
    {name: 'Cluster-IP', cell: each => stringAt(each, 'spec', 'clusterIP') ?? none},
    {name: 'External-IP', cell: () => none},
    {name: 'Port(s)', cell: ports},
    age,
    {name: 'Selector', wide: true, cell: each => pairs(objectAt(each, 'spec', 'selector'))},
  ],
  deployments: [
    ready,
    {name: 'Up-to-date', cell: each => numberAt(each, 'status', 'updatedReplicas') ?? 0},
    {name: 'Available', cell: each => numberAt(each, 'status', 'availableReplicas') ?? 0},
    age,
    ...template('spec', 'template'),
    selector,
  ],
  statefulsets: [ready, age, ...template('spec', 'template')],
  cronjobs: [
    field('Schedule', 'spec', 'schedule'),
    {name: 'Timezone', cell: each => stringAt(each, 'spec', 'timeZone') ?? none},
    {name: 'Suspend', cell: each => (valueAt(each, 'spec', 'suspend') === true ? 'True' : 'False')},
    {name: 'Active', cell: each => objectsAt(each, 'status', 'active').length},
    {name: 'Last Schedule', cell: () => none},
    age,
    ...template('spec', 'jobTemplate', 'spec', 'template'),
  ],
  roles: [createdAt],
  clusterroles: [createdAt],
  rolebindings: [roleOf, age],
  clusterrolebindings: [roleOf, age],
  networkpolicies: [
    {
      name: 'Pod-Selector',
      cell: each => pairs(objectAt(each, 'spec', 'podSelector', 'matchLabels')),
    },
    age,
  ],
};

/** All columns of events, the only kind that does not start with the name. */
export const eventColumns: readonly Column[] = [
  {name: 'Last Seen', cell: event => sinceText(stringAt(event, 'lastTimestamp'))},
  field('Type', 'type'),
  field('Reason', 'reason'),
  {name: 'Object', cell: about},
  {...field('Subobject', 'involvedObject', 'fieldPath'), wide: true},
  {
    name: 'Source',
    wide: true,
    cell: event =>
      [stringAt(event, 'source', 'component'), stringAt(event, 'source', 'host')]
        .filter(part => part !== undefined)
        .join(', '),
  },
  {name: 'Message', cell: event => (stringAt(event, 'message') ?? '').trim()},
  {name: 'First Seen', wide: true, cell: event => sinceText(stringAt(event, 'firstTimestamp'))},
  {name: 'Count', wide: true, cell: event => numberAt(event, 'count') ?? 1},
  {name: 'Name', wide: true, cell: event => event.metadata.name},
];

function about(event: ApiObject): string {
  const kind = (stringAt(event, 'involvedObject', 'kind') ?? '').toLowerCase();
  return `${kind}/${stringAt(event, 'involvedObject', 'name') ?? ''}`;
}

function dataCount(object: ApiObject): number {
  const data = isObject(object.data) ? object.data : {};
  return Object.keys({...data, ...objectAt(object, 'binaryData')}).length;
}

function pairs(labels: JsonObject): string {
  const all = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  return all.length === 0 ? none : all.join();
}

function accessModes(claim: ApiObject): string {
  const short: Readonly<Record<string, string>> = {
    ReadWriteOnce: 'RWO',
    ReadOnlyMany: 'ROX',
    ReadWriteMany: 'RWX',
    ReadWriteOncePod: 'RWOP',
  };
  const modes = valueAt(claim, 'status', 'accessModes');
  return Array.isArray(modes) ? modes.map(mode => short[String(mode)] ?? '').join() : '';
}

function ports(service: ApiObject): string {
  const all = objectsAt(service, 'spec', 'ports').map(
    each => `${numberAt(each, 'port') ?? ''}/${stringAt(each, 'protocol') ?? 'TCP'}`,
  );
  return all.length === 0 ? none : all.join();
}

function nodeStatus(node: ApiObject): string {
  const found = objectsAt(node, 'status', 'conditions').find(({type}) => type === 'Ready');
  return found?.status === 'True' ? 'Ready' : 'NotReady';
}

import {cpus, freemem, totalmem} from 'node:os';
import type {JsonObject} from '../json.ts';
import {objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {quantity} from './quantity.ts';

/** The value of a `fieldRef` or `resourceFieldRef`. */
export function fieldOf(
  pod: ApiObject,
  {from, podIP, container}: {from: JsonObject; podIP: string; container?: JsonObject},
): string {
  if (from.resourceFieldRef !== undefined) {
    const reference = objectAt(from, 'resourceFieldRef');
    const named = objectsAt(pod, 'spec', 'containers').find(
      ({name}) => name === reference.containerName,
    );
    return resource(named ?? container ?? {}, reference);
  }
  const path = stringAt(from, 'fieldRef', 'fieldPath') ?? '';
  const key = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (key !== null) return stringAt(pod.metadata, key[1] ?? '', key[2] ?? '') ?? '';
  switch (path) {
    case 'metadata.labels':
    case 'metadata.annotations':
      return lines(objectAt(pod.metadata, path.slice('metadata.'.length)));
    case 'status.podIP':
    case 'status.podIPs':
      return podIP;
    case 'status.hostIP':
    case 'status.hostIPs':
      return '127.0.0.1';
    default:
      return stringAt(pod, ...path.split('.')) ?? '';
  }
}

function lines(values: JsonObject): string {
  return Object.keys(values)
    .toSorted()
    .map(key => `${key}=${JSON.stringify(values[key])}`)
    .join('\n');
}

/** An unset limit defaults to the node's capacity. */
function resource(container: JsonObject, reference: JsonObject): string {
  const [kind = '', unit = ''] = (stringAt(reference, 'resource') ?? '').split('.');
  const given = objectAt(container, 'resources', kind)[unit];
  const node = unit === 'cpu' ? cpus().length : unit === 'memory' ? totalmem() : freemem();
  const value = given === undefined ? (kind === 'limits' ? node : 0) : quantity(given);
  const divisor = quantity(reference.divisor) || 1;
  return Math.ceil(value / divisor).toString();
}

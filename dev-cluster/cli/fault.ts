import {objectsAt, stringAt, valueAt} from '../json.ts';
import {adminRequest} from './admin-client.ts';
import type {FaultFlags} from './fault-names.ts';
import {faultDocument} from './fault-names.ts';
import type {ClusterLocation} from './cluster-location.ts';

/** Adds a fault by name, or from its JSON; returns the text to print. */
export async function addFault(
  location: ClusterLocation,
  name: string,
  flags: FaultFlags,
): Promise<string> {
  const document: unknown = name.startsWith('{') ? JSON.parse(name) : faultDocument(name, flags);
  const answer = await adminRequest(location, 'POST', '/admin/faults', document as object);
  const ended = valueAt(answer, 'ended');
  if (Array.isArray(ended)) return `ended: ${ended.join(', ')}\n`;
  return `fault ${stringAt(answer, 'id') ?? ''} is set; \`gc-dev-cluster fault clear\` takes it away\n`;
}

/** One fault per line: its id, what it matches, what it does, and how often it was hit. */
export async function listFaults(location: ClusterLocation): Promise<string> {
  const items = objectsAt(await adminRequest(location, 'GET', '/admin/faults'), 'items');
  const lines = items.map(({id, match, action, seen}) =>
    [String(id), JSON.stringify(action), `on ${JSON.stringify(match)}`, `met ${String(seen)}`].join(
      '  ',
    ),
  );
  return lines.length === 0 ? 'no faults are set\n' : `${lines.join('\n')}\n`;
}

export async function clearFaults(
  location: ClusterLocation,
  id: string | undefined,
): Promise<string> {
  const path = id === undefined ? '/admin/faults' : `/admin/faults/${encodeURIComponent(id)}`;
  await adminRequest(location, 'DELETE', path);
  return listFaults(location);
}

/** Issues a new token, valid even when the earlier ones have expired. */
export async function newToken(location: ClusterLocation): Promise<string> {
  return `${stringAt(await adminRequest(location, 'POST', '/admin/tokens'), 'token') ?? ''}\n`;
}

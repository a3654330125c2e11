import {objectsAt, stringAt, valueAt} from '../json.ts';
import {askAdmin} from './admin-client.ts';
import type {FaultFlags} from './fault-names.ts';
import {faultDocument} from './fault-names.ts';
import type {Place} from './place.ts';

/** Orders a fault by name, or by its JSON; gives back what to print. */
export async function orderFault(place: Place, name: string, flags: FaultFlags): Promise<string> {
  const document: unknown = name.startsWith('{') ? JSON.parse(name) : faultDocument(name, flags);
  const answer = await askAdmin(place, 'POST', '/admin/faults', document as object);
  const ended = valueAt(answer, 'ended');
  if (Array.isArray(ended)) return `ended: ${ended.join(', ')}\n`;
  return `fault ${stringAt(answer, 'id') ?? ''} is set; \`gc-dev-cluster fault clear\` takes it away\n`;
}

/** One fault a line: its number, what it is for, what it does, how often it was met. */
export async function listFaults(place: Place): Promise<string> {
  const items = objectsAt(await askAdmin(place, 'GET', '/admin/faults'), 'items');
  const lines = items.map(({id, match, action, seen}) =>
    [String(id), JSON.stringify(action), `on ${JSON.stringify(match)}`, `met ${String(seen)}`].join(
      '  ',
    ),
  );
  return lines.length === 0 ? 'no faults are set\n' : `${lines.join('\n')}\n`;
}

export async function clearFaults(place: Place, id: string | undefined): Promise<string> {
  const path = id === undefined ? '/admin/faults' : `/admin/faults/${encodeURIComponent(id)}`;
  await askAdmin(place, 'DELETE', path);
  return listFaults(place);
}

/** A new token, good also where those before have expired. */
export async function newToken(place: Place): Promise<string> {
  return `${stringAt(await askAdmin(place, 'POST', '/admin/tokens'), 'token') ?? ''}\n`;
}

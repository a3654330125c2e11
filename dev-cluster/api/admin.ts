import {readFault, writeFault} from '../fault-document.ts';
import type {Faults, PodFault, FaultMatch} from '../faults.ts';
import type {Reply} from './operations.ts';
import {StatusError, badRequest, methodNotAllowed, notFound, unauthorized} from './status.ts';
import type {Tokens} from './tokens.ts';

export interface AdminRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What admin requests work with; no fault applies to them. */
export interface AdminParts {
  readonly faults: Faults;
  readonly tokens: Tokens;
  /** Ends the running pods that match, and returns their names. */
  readonly endPods: (fault: PodFault, match: FaultMatch) => readonly string[];
}

/** Handles everything below `/admin/`: faults, and new tokens after an `expired-token` fault. */
export function administer(parts: AdminParts, request: AdminRequest): Reply {
  if (!parts.tokens.isAdministrator(request.authorization)) throw unauthorized();
  const [what, id, ...more] = request.path.split('/').slice(2);
  if (more.length === 0 && what === 'faults') return administerFaults(parts, request, id);
  if (id === undefined && what === 'tokens' && request.method === 'POST')
    return {code: 201, body: {token: parts.tokens.issue()}};
  throw new StatusError(404, {
    message: `${request.path} is not there; there are /admin/faults and /admin/tokens`,
    reason: 'NotFound',
  });
}

function administerFaults(parts: AdminParts, request: AdminRequest, id: string | undefined): Reply {
  const {faults} = parts;
  switch (request.method) {
    case 'GET': {
      const items = faults.list
        .filter(fault => id === undefined || fault.id === id)
        .map(writeFault);
      if (id !== undefined && items.length === 0) throw notFound('faults', id);
      return {code: 200, body: {items}};
    }
    case 'POST':
      return addFault(parts, request.body);
    case 'DELETE':
      if (id === undefined) faults.clear();
      else if (!faults.remove(id)) throw notFound('faults', id);
      return {code: 200, body: {items: faults.list.map(writeFault)}};
    default:
      throw methodNotAllowed();
  }
}

function addFault({faults, endPods}: AdminParts, body: string): Reply {
  const fault = parseFault(body);
  const {action, match} = fault;
  // Ends matching pods that run; without any, the fault waits for the next new pod.
  if (action.type === 'pod' && ['oom', 'evict', 'node-lost'].includes(action.how)) {
    const ended = endPods(action, match);
    if (ended.length > 0) return {code: 200, body: {ended}};
  }
  return {code: 201, body: {...writeFault(faults.arm(fault))}};
}

function parseFault(body: string): ReturnType<typeof readFault> {
  try {
    return readFault(JSON.parse(body));
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

import type {JsonObject} from '../json.ts';
import {isObject, numberAt, objectAt, stringAt} from '../json.ts';
import {applyJsonPatch} from '../patch/json-patch.ts';
import {applyMergePatch} from '../patch/merge-patch.ts';
import {applyStrategicMerge} from '../patch/strategic-merge.ts';
import type {ApiObject} from '../store/object.ts';
import type {Store} from '../store/store.ts';
import {parseBody} from './decode.ts';
import type {Deleted, DeleteOptions} from './deletion.ts';
import {remove} from './deletion.ts';
import {evict} from './eviction.ts';
import {list, selectorOf} from './reads.ts';
import type {Representation} from './representation.ts';
import {representList, representObject, representationOf} from './representation.ts';
import {resources} from './resources.ts';
import type {Route} from './route.ts';
import {putNamespace} from './seed.ts';
import {badRequest, methodNotAllowed, notFound, unsupportedMediaType} from './status.ts';
import {create, requireFound, update} from './writes.ts';

export interface Reply {
  readonly code: number;
  readonly body: JsonObject | string;
}

export interface Call {
  readonly store: Store;
  readonly route: Route;
  readonly verb: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  readonly body: string;
  readonly strictNamespaces: boolean;
}

/** Carries out every request that has a single response body. */
export function perform(call: Call): Reply {
  const {store, route, query} = call;
  const {resource} = route;
  switch (call.verb) {
    case 'get':
      return {code: 200, body: represent(call, requireFound(store, named(route)))};
    case 'list': {
      const as = representation(call, true);
      return {code: 200, body: representList(list(store, route, query), as, resource)};
    }
    case 'create': {
      if (route.subresource === 'eviction') return evicted(call);
      ensureNamespace(call);
      const sent = parseBody(call.body, resource.kind);
      return {code: 201, body: represent(call, create(store, route, sent, dryRun(query)))};
    }
    case 'update':
      return {code: 200, body: represent(call, updated(call, parseBody(call.body, resource.kind)))};
    case 'patch':
      return {code: 200, body: represent(call, patched(call))};
    case 'delete':
      return {
        code: 200,
        body: deletionReply(call, remove(store, named(route), deleteOptions(call))),
      };
    case 'deletecollection':
      return {code: 200, body: deleteCollection(call)};
    default:
      throw methodNotAllowed();
  }
}

function named(route: Route): Route & {readonly name: string} {
  return {...route, name: route.name ?? ''};
}

function representation({accept, route}: Call, isList: boolean): Representation {
  return representationOf(accept, {kind: route.resource.kind, isList});
}

function represent(call: Call, object: ApiObject): JsonObject {
  return representObject(object, representation(call, false), call.route.resource);
}

function dryRun(query: URLSearchParams): boolean {
  return query.get('dryRun') === 'All';
}

function updated(call: Call, sent: unknown, isPatched = false): ApiObject {
  const {store, route, query} = call;
  const status = route.subresource === 'status';
  return update(store, named(route), sent, {status, dryRun: dryRun(query), patched: isPatched});
}

function patched(call: Call): ApiObject {
  const {store, route, body} = call;
  const [type = ''] = call.contentType.split(';');
  const apply = patchTypes[type.trim()];
  if (apply === undefined) throw unsupportedMediaType();
  const current = requireFound(store, named(route));
  const result = apply(current, patchBody(body));
  // A resourceVersion in the patch is a precondition; without one, the newest version is patched.
  return updated(call, result, true);
}

const patchTypes: Readonly<Record<string, (current: unknown, patch: unknown) => unknown>> = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': applyMergePatch,
  'application/strategic-merge-patch+json': applyStrategicMerge,
};

function patchBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `error decoding patch: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function evicted({store, route, query, body}: Call): Reply {
  const sent = objectAt(parseBody(body, 'Eviction'), 'deleteOptions');
  evict(store, named(route), deleteOptionsOf(sent, query));
  return {
    code: 201,
    body: {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201},
  };
}

function deleteOptions({body, query}: Call): DeleteOptions {
  return deleteOptionsOf(body === '' ? {} : parseBody(body, 'DeleteOptions'), query);
}

function deleteOptionsOf(sent: unknown, query: URLSearchParams): DeleteOptions {
  const grace = query.get('gracePeriodSeconds');
  return {
    gracePeriodSeconds:
      numberAt(sent, 'gracePeriodSeconds') ?? (grace === null ? undefined : Number(grace)),
    uid: stringAt(sent, 'preconditions', 'uid'),
    resourceVersion: stringAt(sent, 'preconditions', 'resourceVersion'),
    dryRun:
      dryRun(query) || (isObject(sent) && Array.isArray(sent.dryRun) && sent.dryRun.length > 0),
  };
}

function deletionReply(call: Call, {object, gone}: Deleted): JsonObject {
  const {resource} = call.route;
  if (resource.plural === 'namespaces') {
    emptyNamespace(call.store, object.metadata.name);
    return represent(call, {...object, status: {phase: 'Terminating'}});
  }
  if (resource.deleteGivesObject || !gone) return represent(call, object);
  const {name, uid = ''} = object.metadata;
  const group = resource.group === '' ? {} : {group: resource.group};
  const details = {name, ...group, kind: resource.plural, uid};
  return {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details};
}

function deleteCollection(call: Call): JsonObject {
  const {store, route, query} = call;
  const selected = selectorOf(query, route.resource);
  const items = store.list(route.resource.plural, route.namespace).filter(selected);
  const options = deleteOptions(call);
  for (const {metadata} of items) {
    remove(
      store,
      {resource: route.resource, namespace: metadata.namespace, name: metadata.name},
      options,
    );
  }
  const metadata = {resourceVersion: store.revision.toString()};
  return representList({metadata, items}, representation(call, true), route.resource);
}

function emptyNamespace(store: Store, namespace: string): void {
  for (const {plural} of resources.filter(({namespaced}) => namespaced)) {
    for (const object of store.list(plural, namespace)) store.remove(plural, object);
  }
}

function ensureNamespace({store, route, strictNamespaces}: Call): void {
  const {namespace} = route;
  if (namespace === undefined || store.get('namespaces', undefined, namespace) !== undefined)
    return;
  if (strictNamespaces) throw notFound('namespaces', namespace);
  putNamespace(store, namespace);
}

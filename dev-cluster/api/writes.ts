import {randomUUID} from 'node:crypto';
import {isDeepStrictEqual} from 'node:util';
import type {JsonObject} from '../json.ts';
import {isObject, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {timestamp, withMetadata} from '../store/object.ts';
import type {Store} from '../store/store.ts';
import {initialStatus, withDefaults} from './defaults.ts';
import {decodeObject} from './decode.ts';
import type {Resource} from './resources.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  internal,
  invalid,
  modified,
  notFound,
} from './status.ts';
import {requireMutable} from './immutability.ts';
import {validate} from './validation.ts';

export interface Target {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function requireFound(store: Store, {resource, namespace, name}: Target): ApiObject {
  const found = store.get(resource.plural, namespace, name);
  if (found === undefined) throw notFound(resource.qualified, name);
  return found;
}

/** Creates an object from a client's request; `dryRun` validates without storing. */
export function create(
  store: Store,
  {resource, namespace}: Omit<Target, 'name'>,
  sent: unknown,
  dryRun = false,
): ApiObject {
  const decoded = decodeObject(sent, resource);
  if (decoded.metadata.resourceVersion !== undefined) {
    throw internal('resourceVersion should not be set on objects to be created');
  }
  requireNamespace(decoded, namespace);
  const object = newObject(decoded, resource, namespace, store.now());
  validate(object);
  const existing = store.get(resource.plural, namespace, object.metadata.name);
  if (existing !== undefined) {
    const beingDeleted = existing.metadata.deletionTimestamp !== undefined;
    throw alreadyExists(resource.qualified, object.metadata.name, beingDeleted);
  }
  return dryRun ? object : store.put(resource.plural, object);
}

function newObject(
  decoded: ApiObject,
  resource: Resource,
  namespace: string | undefined,
  now: number,
): ApiObject {
  const {generateName = '', labels} = decoded.metadata;
  const name = decoded.metadata.name || (generateName && generateName + randomSuffix());
  if (name === '') {
    const message = 'Required value: name or generateName is required';
    throw invalid(resource.kind, '', [
      {field: 'metadata.name', reason: 'FieldValueRequired', message},
    ]);
  }
  const metadata = {
    ...decoded.metadata,
    name,
    ...(namespace === undefined ? {} : {namespace}),
    uid: randomUUID(),
    creationTimestamp: timestamp(now),
    ...(resource.kind === 'Pod' ? {generation: 1} : {}),
    ...(resource.kind === 'Namespace'
      ? {labels: {...labels, 'kubernetes.io/metadata.name': name}}
      : {}),
  };
  return {...withDefaults({...decoded, metadata}), ...initialStatus(decoded)};
}

function randomSuffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from(randomUUID().replaceAll('-', '').slice(0, 5), digit =>
    letters.charAt(Number.parseInt(digit, 16)),
  ).join('');
}

function requireNamespace({metadata}: ApiObject, namespace: string | undefined): void {
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
}

export interface UpdateOptions {
  /** Write the status and nothing else, or everything but the status. */
  readonly status: boolean;
  readonly dryRun: boolean;
  /** The object is the result of a patch: a different uid is then an error, not a conflict. */
  readonly patched: boolean;
}

/** Replaces `current` by what a client sent, or by the result of its patch. */
export function update(
  store: Store,
  target: Target,
  sent: unknown,
  {status, dryRun, patched}: UpdateOptions,
): ApiObject {
  const {resource, namespace, name} = target;
  const decoded = decodeObject(sent, resource);
  if (decoded.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${decoded.metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  requireNamespace(decoded, namespace);
  const current = requireFound(store, target);
  if (patched) requireOwnUid(current, decoded);
  requireSame(current, decoded, resource);
  const next = status
    ? {...current, status: decoded.status ?? {}, metadata: keepSystemMetadata(current, decoded)}
    : merged(current, decoded);
  validate(next);
  requireMutable(current, next);
  if (dryRun || isDeepStrictEqual(current, next)) return next;
  const {deletionTimestamp, finalizers} = next.metadata;
  const grace = next.metadata.deletionGracePeriodSeconds ?? 0;
  if (deletionTimestamp !== undefined && finalizers === undefined && grace === 0) {
    store.remove(resource.plural, next);
    return next;
  }
  return store.put(resource.plural, next);
}

function requireOwnUid({kind, metadata}: ApiObject, patched: ApiObject): void {
  const {uid} = patched.metadata;
  if (uid === undefined || uid === metadata.uid) return;
  const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
  throw invalid(kind, metadata.name, [
    {field: 'metadata.uid', reason: 'FieldValueInvalid', message},
  ]);
}

function requireSame(
  current: ApiObject,
  {metadata}: ApiObject,
  {plural, qualified}: Resource,
): void {
  const {name, namespace, uid = '', resourceVersion} = current.metadata;
  const wanted = metadata.resourceVersion;
  if (wanted !== undefined && !/^\d+$/.test(wanted)) {
    throw internal(`strconv.ParseUint: parsing ${JSON.stringify(wanted)}: invalid syntax`);
  }
  if (metadata.uid !== undefined && metadata.uid !== uid) {
    const key = `/registry/${plural}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
    throw conflict(
      qualified,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`,
    );
  }
  if (wanted !== undefined && wanted !== '0' && wanted !== resourceVersion)
    throw modified(qualified, name);
}

function keepSystemMetadata(current: ApiObject, sent: ApiObject): ApiObject['metadata'] {
  const {uid, resourceVersion, creationTimestamp, generation, namespace, generateName} =
    current.metadata;
  const {deletionTimestamp, deletionGracePeriodSeconds} = current.metadata;
  const kept = {uid, resourceVersion, creationTimestamp, generation, namespace, generateName};
  return withMetadata(sent, {...kept, deletionTimestamp, deletionGracePeriodSeconds}).metadata;
}

function merged(current: ApiObject, sent: ApiObject): ApiObject {
  const metadata = keepSystemMetadata(current, sent);
  const status: JsonObject = isObject(current.status) ? {status: current.status} : {};
  if (current.kind === 'Namespace') return {...current, metadata};
  const next: ApiObject = {...withDefaults(placedAsBefore(current, sent)), metadata, ...status};
  const specChanged = current.kind === 'Pod' && !isDeepStrictEqual(current.spec, next.spec);
  return specChanged ? withMetadata(next, {generation: (metadata.generation ?? 0) + 1}) : next;
}

/** Keeps the pod's node: a client that replaces a pod may not know it. */
function placedAsBefore(current: ApiObject, sent: ApiObject): ApiObject {
  const node = stringAt(current, 'spec', 'nodeName');
  if (current.kind !== 'Pod' || node === undefined || !isObject(sent.spec)) return sent;
  if (objectsAt(sent, 'spec', 'containers').length === 0) return sent;
  return {...sent, spec: {nodeName: node, ...sent.spec}};
}

import type {JsonObject} from '../json.ts';
import {compact, isObject, numberAt, stringAt} from '../json.ts';
import type {ApiObject, Metadata, StringMap} from '../store/object.ts';
import type {Resource} from './resources.ts';
import {badRequest} from './status.ts';
import {requireStrings} from './validation.ts';

/** Parses a body as JSON; like the server's, the error names the expected type. */
export function parseBody(text: string, kind: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${problem} (${text.slice(0, 60)})`,
    );
  }
}

/** Decodes an object of this resource as sent by a client; raises 400 for anything else. */
export function decodeObject(value: unknown, {kind, apiVersion, group}: Resource): ApiObject {
  if (!isObject(value))
    throw badRequest(`the object provided is unrecognized (must be of type ${kind})`);
  const sent = stringAt(value, 'kind') ?? kind;
  if (sent !== kind) {
    const internal = group === '' ? 'core' : group;
    throw badRequest(
      `${sent} in version "v1" cannot be handled as a ${kind}: converting (v1.${sent}) to (${internal}.${kind}): unknown conversion`,
    );
  }
  const prefix = `${kind} in version "v1" cannot be handled as a ${kind}: `;
  inOurWords(prefix, () => {
    if (kind === 'ConfigMap') requireStrings(value.data, 'ConfigMap.data');
    if (kind === 'Secret') requireStrings(value.data, 'Secret.data');
  });
  const metadata = inOurWords(prefix, () =>
    decodeMetadata(isObject(value.metadata) ? value.metadata : {}),
  );
  return {...value, kind, apiVersion, metadata};
}

function inOurWords<T>(prefix: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw badRequest(prefix + (error instanceof Error ? error.message : String(error)));
  }
}

function decodeMetadata(value: JsonObject): Metadata {
  const finalizers = value.finalizers;
  const known = {
    generateName: nonEmpty(stringAt(value, 'generateName')),
    namespace: nonEmpty(stringAt(value, 'namespace')),
    uid: nonEmpty(stringAt(value, 'uid')),
    resourceVersion: nonEmpty(stringAt(value, 'resourceVersion')),
    generation: numberAt(value, 'generation'),
    creationTimestamp: stringAt(value, 'creationTimestamp'),
    deletionTimestamp: stringAt(value, 'deletionTimestamp'),
    deletionGracePeriodSeconds: numberAt(value, 'deletionGracePeriodSeconds'),
    labels: strings(value.labels, 'ObjectMeta.metadata.labels'),
    annotations: strings(value.annotations, 'ObjectMeta.metadata.annotations'),
    finalizers:
      Array.isArray(finalizers) && finalizers.length > 0
        ? finalizers.filter(entry => typeof entry === 'string')
        : undefined,
    ownerReferences: value.ownerReferences,
  };
  return {name: stringAt(value, 'name') ?? '', ...compact(known)};
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function strings(value: unknown, field: string): StringMap | undefined {
  requireStrings(value, field);
  if (!isObject(value) || Object.keys(value).length === 0) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}

import type {JsonObject} from '../json.ts';
import {numberAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Store} from '../store/store.ts';
import {fieldSelector} from './field-selector.ts';
import {labelSelector} from './label-selector.ts';
import type {Resource} from './resources.ts';
import {StatusError, badRequest} from './status.ts';

/** Selected by the query's labelSelector and fieldSelector; raises 400 for what cannot be parsed. */
export function selectorOf(
  query: URLSearchParams,
  resource: Resource,
): (object: ApiObject) => boolean {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '', resource);
  return object => labels(object.metadata.labels ?? {}) && fields(object);
}

export interface Listed {
  readonly metadata: JsonObject;
  readonly items: readonly ApiObject[];
}

/** One page of a list; all pages are from the revision of the first. */
export function list(
  store: Store,
  {resource, namespace}: {resource: Resource; namespace?: string | undefined},
  query: URLSearchParams,
): Listed {
  const selected = selectorOf(query, resource);
  const limit = Number(numericParameter(query, 'limit'));
  const {revision, start, exact} = position(store, query, limit);
  const all = store.list(resource.plural, namespace, exact ? revision : store.revision);
  const from = all.filter(object => keyOf(object, namespace) >= start && selected(object));
  if (limit === 0 || from.length <= limit) {
    return {metadata: {resourceVersion: revision.toString()}, items: from};
  }
  const items = from.slice(0, limit);
  const last = items.at(-1);
  const next = last === undefined ? '' : `${keyOf(last, namespace)}\0`;
  // The server does not count remaining items when it filters by selector.
  const filtered = query.has('labelSelector') || query.has('fieldSelector');
  return {
    metadata: {
      resourceVersion: revision.toString(),
      continue: tokenFrom(revision, next),
      ...(filtered ? {} : {remainingItemCount: from.length - limit}),
    },
    items,
  };
}

function keyOf({metadata}: ApiObject, namespace: string | undefined): string {
  const inNamespace = namespace === undefined ? metadata.namespace : '';
  return inNamespace === undefined ? metadata.name : `${inNamespace}/${metadata.name}`;
}

function position(
  store: Store,
  query: URLSearchParams,
  limit: number,
): {revision: number; start: string; exact: boolean} {
  const token = query.get('continue') ?? '';
  const wanted = resourceVersionOf(query);
  if (token === '') {
    requireReached(store, wanted);
    const match = query.get('resourceVersionMatch');
    const exact = wanted > 0 && (match === 'Exact' || (match === null && limit > 0));
    if (exact && wanted < store.compacted) {
      const message = 'The resourceVersion for the provided list is too old.';
      throw new StatusError(410, {message, reason: 'Expired'});
    }
    return {revision: exact ? wanted : store.revision, start: '', exact};
  }
  if (query.has('resourceVersion') && wanted !== 0) {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const {revision, start} = decodeToken(token);
  // -1 is in the token that a 410 offers: continue without a consistent snapshot.
  if (revision === -1) return {revision: store.revision, start, exact: false};
  if (revision < store.compacted) throw expired(start);
  return {revision, start, exact: true};
}

function decodeToken(token: string): {revision: number; start: string} {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    const revision = numberAt(decoded, 'rv');
    const start = stringAt(decoded, 'start');
    if (revision !== undefined && start !== undefined) return {revision, start};
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw badRequest(`invalid continue token: continue key is not valid: ${problem}`);
  }
  throw badRequest(
    'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion 0 (version meta.k8s.io/v1)',
  );
}

/** The token that a 410 offers instead of this one; raises 400 for an invalid one. */
export function tokenOffered(token: string): string {
  return tokenFrom(-1, decodeToken(token).start);
}

function tokenFrom(revision: number, start: string): string {
  const next = {v: 'meta.k8s.io/v1', rv: revision, start};
  return Buffer.from(JSON.stringify(next)).toString('base64url');
}

function expired(start: string): StatusError {
  return new StatusError(410, {
    metadata: {continue: tokenFrom(-1, start)},
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    reason: 'Expired',
  });
}

function numericParameter(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? '0';
  if (!/^\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return text;
}

function resourceVersionOf(query: URLSearchParams): number {
  const text = query.get('resourceVersion') ?? '0';
  if (text !== '' && !/^\d+$/.test(text)) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

/** Raises 504 for a resourceVersion from the future, as the server does after waiting for it. */
export function requireReached(store: Store, wanted: number): void {
  if (wanted <= store.revision) return;
  throw new StatusError(504, {
    message: `Timeout: Too large resource version: ${wanted}, current: ${store.revision}`,
    reason: 'Timeout',
    details: {
      causes: [{reason: 'ResourceVersionTooLarge', message: 'Too large resource version'}],
      retryAfterSeconds: 1,
    },
  });
}

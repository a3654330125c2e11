import {isKubeFailure} from '../errors.ts';
import type {ApiClient} from './api-client.ts';
import type {
  DeleteOptions,
  KubeObject,
  ListQuery,
  NewObject,
  Page,
  Patch,
  Resources,
  WatchEvent,
  WatchQuery,
} from './cluster.ts';
import type {Intent} from './failure.ts';

/** Objects per page: enough for most namespaces in one request, few enough to hold in memory. */
const PAGE_LIMIT = 500;

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const PATCH_TYPES = {json: 'application/json-patch+json', merge: 'application/merge-patch+json'};

interface ListAnswer<T> {
  readonly metadata?: {readonly resourceVersion?: string; readonly continue?: string};
  /** Go writes an empty list of metadata as null. */
  readonly items?: readonly T[] | null;
}

/** The objects of one kind of the core API (v1) in one namespace. */
export class CoreResources<T extends KubeObject> implements Resources<T> {
  readonly #api: ApiClient;
  readonly #namespace: string;
  readonly #resource: string;
  readonly #kind: string;

  constructor(api: ApiClient, namespace: string, resource: string, kind: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.#resource = resource;
    this.#kind = kind;
  }

  get(name: string): Promise<T> {
    return this.#send({
      method: 'GET',
      intent: {...this.#intent('get'), name},
      path: this.#path(`/${encodeURIComponent(name)}`),
    });
  }

  create(object: NewObject): Promise<T> {
    const body = {apiVersion: 'v1', kind: this.#kind, ...object};
    const intent = {...this.#intent('create'), name: object.metadata.name};
    return this.#send({method: 'POST', intent, path: this.#path(), body});
  }

  replace(object: T): Promise<T> {
    const body = {apiVersion: 'v1', kind: this.#kind, ...object};
    const {name} = object.metadata;
    const intent = {...this.#intent('update'), name};
    return this.#send({
      method: 'PUT',
      intent,
      path: this.#path(`/${encodeURIComponent(name)}`),
      body,
    });
  }

  patch(name: string, patch: Patch): Promise<T> {
    const body = patch.type === 'json' ? patch.operations : patch.body;
    return this.#send({
      method: 'PATCH',
      intent: {...this.#intent('patch'), name},
      path: this.#path(`/${encodeURIComponent(name)}`),
      body,
      headers: {'Content-Type': PATCH_TYPES[patch.type]},
      idempotent: patch.type === 'merge' || patch.idempotent === true,
    });
  }

  async delete(name: string, options: DeleteOptions = {}): Promise<void> {
    const {uid, gracePeriodSeconds} = options;
    await this.#send({
      method: 'DELETE',
      intent: {...this.#intent('delete'), name},
      path: this.#path(`/${encodeURIComponent(name)}`),
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(uid === undefined ? {} : {preconditions: {uid}}),
        ...(gracePeriodSeconds === undefined ? {} : {gracePeriodSeconds}),
      },
      // With a uid, a repeated deletion cannot hit another object of the same name.
      idempotent: uid !== undefined,
    });
  }

  async *list(query: ListQuery = {}): AsyncGenerator<Page<T>> {
    const headers = query.metadataOnly ? {Accept: METADATA_LIST} : {};
    const page = async (token: string) => {
      const path = this.#path('', {
        ...selection(query),
        limit: String(query.limit ?? PAGE_LIMIT),
        ...(token ? {continue: token} : {}),
      });
      const intent = this.#intent('list');
      return (await this.#api.json({method: 'GET', intent, path, headers})) as ListAnswer<T>;
    };
    let resourceVersion: string | undefined;
    for (let token = '', isFirst = true; isFirst || token; isFirst = false) {
      const {items, metadata = {}}: ListAnswer<T> = await page(token).catch((error: unknown) =>
        page(remainder(error)),
      );
      token = metadata.continue ?? '';
      yield {
        items: items ?? [],
        resourceVersion: (resourceVersion ??= metadata.resourceVersion ?? ''),
      };
    }
  }

  async *watch(query: WatchQuery): AsyncGenerator<WatchEvent<T>> {
    const {watchResumed} = await import('./watch.ts');
    yield* watchResumed<T>(this.#api, this.#intent('watch'), query.resourceVersion, since =>
      this.#path('', {
        ...selection(query),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: since,
      }),
    );
  }

  async #send(request: Parameters<ApiClient['json']>[0]): Promise<T> {
    return (await this.#api.json(request)) as T;
  }

  #intent(verb: string): Intent {
    return {verb, resource: this.#resource, namespace: this.#namespace};
  }

  #path(suffix = '', query: Record<string, string> = {}): string {
    const path = `/api/v1/namespaces/${encodeURIComponent(this.#namespace)}/${this.#resource}${suffix}`;
    if (Object.keys(query).length === 0) return path;
    return `${path}?${new URLSearchParams(query).toString()}`;
  }
}

/**
 * The continue token in a 410: it fetches the rest of a list whose snapshot the server no longer has, in
 * its present state. Raises any other error again.
 */
function remainder(error: unknown): string {
  if (isKubeFailure(error, 'gone') && error.continueToken) return error.continueToken;
  throw error;
}

function selection(query: {
  labelSelector?: string;
  fieldSelector?: string;
}): Record<string, string> {
  return {
    ...(query.labelSelector ? {labelSelector: query.labelSelector} : {}),
    ...(query.fieldSelector ? {fieldSelector: query.fieldSelector} : {}),
  };
}

/** The promise's value; undefined instead of a KubeError `notFound`. */
export async function absentAsUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isKubeFailure(error, 'notFound')) return undefined;
    throw error;
  }
}

import type {ServerResponse} from 'node:http';
import type {RequestFault} from '../faults.ts';
import type {JsonObject} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {withMetadata} from '../store/object.ts';
import type {Change, Store} from '../store/store.ts';
import type {Representation} from './representation.ts';
import {representObject} from './representation.ts';
import {selectorOf} from './reads.ts';
import type {Resource} from './resources.ts';
import {StatusError, internal} from './status.ts';

export interface WatchRequest {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly query: URLSearchParams;
  readonly representation: Representation;
  readonly fault: RequestFault | undefined;
  readonly bookmarkMilliseconds: number;
}

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** Streams changes until the client disconnects, `timeoutSeconds` pass, or a fault hits. */
export function serveWatch(store: Store, request: WatchRequest, response: ServerResponse): void {
  const {resource, namespace, query, fault} = request;
  const from = startOf(query);
  const selected = selectorOf(query, resource);
  if (fault?.type === 'watch' && fault.how === 'gone-status') throw tooOld(from, store);
  const stream = new WatchStream(response, request);
  if (from > 0 && from < store.compacted) {
    stream.error(tooOld(from, store));
    return;
  }
  const concerns = ({resource: changed, object}: Change): boolean =>
    changed === resource.plural &&
    (namespace === undefined || object.metadata.namespace === namespace);
  const tell = (change: Change): void => {
    if (!concerns(change)) return;
    const before = change.before !== undefined && selected(change.before);
    const now = !change.deleted && selected(change.object);
    if (now) stream.send(before ? 'MODIFIED' : 'ADDED', change.object);
    else if (before) stream.send('DELETED', lastSelected(change));
  };
  if (from === 0) {
    for (const object of store.list(resource.plural, namespace).filter(selected)) {
      stream.send('ADDED', object);
    }
    if (takesBookmarks(query) || query.get('sendInitialEvents') === 'true')
      stream.bookmark(store.revision, true);
  } else {
    for (const change of store.changesAfter(from)) tell(change);
  }
  stream.follow(store, tell);
}

function takesBookmarks(query: URLSearchParams): boolean {
  return ['true', '1'].includes(query.get('allowWatchBookmarks') ?? '');
}

function startOf(query: URLSearchParams): number {
  const text = query.get('resourceVersion') ?? '0';
  if (text !== '' && !/^\d+$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw internal(
      `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return query.get('sendInitialEvents') === 'true' ? 0 : Number(text);
}

/** An object that no longer matches the selector is reported as before, with the new revision. */
function lastSelected({before, object}: Change): ApiObject {
  return withMetadata(before ?? object, {resourceVersion: object.metadata.resourceVersion});
}

function tooOld(from: number, store: Store): StatusError {
  const message = `too old resource version: ${from} (${store.compacted})`;
  return new StatusError(410, {message, reason: 'Expired'});
}

class WatchStream {
  readonly #response: ServerResponse;
  readonly #request: WatchRequest;
  #events = 0;
  #over = false;
  #end: () => void = () => undefined;

  constructor(response: ServerResponse, request: WatchRequest) {
    this.#response = response;
    this.#request = request;
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
    });
    response.flushHeaders();
    this.#breakWhenDue();
  }

  send(type: EventType, object: ApiObject): void {
    const {resource, representation} = this.#request;
    this.#write(type, representObject(object, representation, resource));
    this.#events += 1;
    this.#breakWhenDue();
  }

  bookmark(revision: number, initialEventsEnd = false): void {
    const {kind, apiVersion} = this.#request.resource;
    const annotations = initialEventsEnd
      ? {annotations: {'k8s.io/initial-events-end': 'true'}}
      : {};
    const metadata = {resourceVersion: revision.toString(), ...annotations};
    this.#write('BOOKMARK', {kind, apiVersion, metadata});
  }

  error(status: StatusError): void {
    this.#write('ERROR', {...status.body});
    this.#finish(() => this.#response.end());
  }

  /** Reports every change from now on. */
  follow(store: Store, tell: (change: Change) => void): void {
    const {query, bookmarkMilliseconds} = this.#request;
    const leave = store.subscribe(tell);
    const bookmarks = takesBookmarks(query);
    const ticking = bookmarks
      ? setInterval(() => this.bookmark(store.revision), bookmarkMilliseconds)
      : undefined;
    const seconds = Number(query.get('timeoutSeconds') ?? '0');
    const timeout =
      seconds > 0
        ? setTimeout(() => {
            if (bookmarks) this.bookmark(store.revision);
            this.#finish(() => this.#response.end());
          }, seconds * 1000)
        : undefined;
    this.#end = () => {
      leave();
      clearInterval(ticking);
      clearTimeout(timeout);
    };
    this.#response.on('close', this.#end);
    if (this.#over) this.#end();
  }

  #breakWhenDue(): void {
    const {fault} = this.#request;
    if (fault?.type !== 'watch' || this.#events < (fault.afterEvents ?? 0)) return;
    if (fault.how === 'gone') {
      this.error(
        new StatusError(410, {message: 'too old resource version: 1 (2)', reason: 'Expired'}),
      );
    } else if (fault.how === 'end') this.#finish(() => this.#response.end());
    else if (fault.how === 'cut') this.#finish(() => this.#response.destroy());
    else this.#finish(() => undefined);
  }

  #finish(close: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#end();
    close();
  }

  #write(type: EventType, object: JsonObject): void {
    if (!this.#over) this.#response.write(`${JSON.stringify({type, object})}\n`);
  }
}

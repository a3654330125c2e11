import type {IncomingMessage, ServerResponse} from 'node:http';
import type {ExecEndpoint, Upgrade} from '../exec/exec-endpoint.ts';
import type {FaultAction} from '../faults.ts';
import {Faults} from '../faults.ts';
import type {JournalEntry} from '../journal.ts';
import {numberAt} from '../json.ts';
import type {Kubelet} from '../kubelet/kubelet.ts';
import type {Store} from '../store/store.ts';
import {Access} from './access.ts';
import {readBody} from './body.ts';
import {parseBody} from './decode.ts';
import {discovery} from './discovery.ts';
import {logReply} from './log.ts';
import type {Reply} from './operations.ts';
import {perform} from './operations.ts';
import {representationOf} from './representation.ts';
import type {Route} from './route.ts';
import {routeOf} from './route.ts';
import {answerReview, reviewAt} from './reviews.ts';
import {StatusError, noSuchResource, unauthorized} from './status.ts';
import {verbOf} from './verb.ts';
import {serveWatch} from './watch.ts';
import {requireFound} from './writes.ts';

export interface ApiServerParts {
  readonly store: Store;
  readonly kubelet: Kubelet;
  readonly exec: ExecEndpoint;
  readonly token: string;
  readonly strictNamespaces: boolean;
  readonly bookmarkMilliseconds: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upgrade: Upgrade | undefined;
  readonly url: URL;
  readonly fault: FaultAction | undefined;
}

/** Undefined: the answer is a stream, or another protocol, and looks after itself. */
type Answer = Reply | undefined;

/** The API server without its socket: from a request to an answer, with the faults in between. */
export class ApiServer {
  readonly faults = new Faults();
  readonly access = new Access();
  readonly requests: JournalEntry[] = [];
  readonly #parts: ApiServerParts;

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    upgrade?: Upgrade,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://dev-cluster');
    try {
      const fault = this.#journal(request, url);
      if (fault?.type === 'hang') return;
      if (fault?.type === 'delay') await passed(fault.milliseconds, response);
      if (fault?.type === 'cut' && fault.when === 'before') {
        request.socket.destroy();
        return;
      }
      if (fault?.type === 'status' && fault.when !== 'after') throw ordered(fault);
      const answer = await this.#answer({request, response, upgrade, url, fault});
      if (fault?.type === 'cut') request.socket.destroy();
      else if (fault?.type === 'status') throw ordered(fault);
      else if (answer !== undefined) send(response, answer);
    } catch (error) {
      send(response, refused(error));
    }
  }

  #journal(request: IncomingMessage, url: URL): FaultAction | undefined {
    const {method = 'GET'} = request;
    const route = tolerantRoute(url.pathname);
    this.requests.push({
      method,
      path: url.pathname,
      query: url.searchParams,
      verb: route === undefined ? '' : verbOf(method, route, url.searchParams),
      resource: route?.resource.plural ?? '',
      namespace: route?.namespace ?? '',
      name: route?.name ?? '',
      subresource: route?.subresource ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      startedAt: Date.now(),
    });
    return this.faults.take(method, url.pathname + url.search);
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    const {request, upgrade, url} = exchange;
    if (['/healthz', '/readyz', '/livez'].includes(url.pathname)) return {code: 200, body: 'ok'};
    if (request.headers.authorization !== `Bearer ${this.#parts.token}`) throw unauthorized();
    // The stream of an upgraded request is no body, and never ends.
    const body = upgrade === undefined ? await readBody(request) : '';
    const review = reviewAt(url.pathname);
    if (review !== undefined && request.method === 'POST')
      return answerReview(review, parseBody(body, review.kind), this.access);
    const found = discovery(url.pathname);
    if (found !== undefined) return {code: 200, body: found};
    const route = routeOf(url.pathname);
    if (route === undefined) {
      if (/^\/apis?\//.test(url.pathname)) throw noSuchResource();
      return {code: 404, body: '404 page not found\n'};
    }
    const verb = verbOf(request.method ?? 'GET', route, url.searchParams);
    this.access.require(verb, route);
    return this.#serve(exchange, {route, verb, body});
  }

  #serve(
    exchange: Exchange,
    {route, verb, body}: {route: Route; verb: string; body: string},
  ): Answer {
    const {store, kubelet, exec, strictNamespaces, bookmarkMilliseconds} = this.#parts;
    const {request, response, upgrade, url, fault} = exchange;
    const query = url.searchParams;
    const accept = request.headers.accept ?? '';
    const {resource, namespace, name = '', subresource} = route;
    if (subresource === 'exec' || subresource === 'log') {
      const pod = requireFound(store, {resource, namespace, name});
      if (subresource === 'log') return logReply(pod, query);
      exec.accept({pod, query, fault, signal: kubelet.endOf(pod)}, upgrade);
      return undefined;
    }
    if (verb === 'watch') {
      const representation = representationOf(accept, {kind: resource.kind, isList: false});
      const watch = {resource, namespace, query, representation, fault, bookmarkMilliseconds};
      serveWatch(store, watch, response);
      return undefined;
    }
    const contentType = request.headers['content-type'] ?? '';
    return perform({store, route, verb, query, accept, contentType, body, strictNamespaces});
  }
}

function tolerantRoute(path: string): Route | undefined {
  try {
    return routeOf(path);
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

async function passed(milliseconds: number, response: ServerResponse): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    response.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function ordered(fault: FaultAction & {type: 'status'}): StatusError {
  const {code, reason, message = `a fault ordered by a test (${code})`, retryAfterSeconds} = fault;
  return new StatusError(code, {
    message,
    ...(reason === undefined ? {} : {reason}),
    ...(retryAfterSeconds === undefined ? {} : {details: {retryAfterSeconds}}),
  });
}

function refused(error: unknown): Reply {
  if (error instanceof StatusError) {
    return {code: error.code, body: error.message === '' ? '' : {...error.body}};
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 500,
    body: {kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: 500},
  };
}

function send(response: ServerResponse, {code, body}: Reply): void {
  if (response.headersSent || response.destroyed) return;
  const isText = typeof body === 'string';
  const text = isText ? body : `${JSON.stringify(body)}\n`;
  const retryAfter = numberAt(body, 'details', 'retryAfterSeconds');
  response.writeHead(code, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(retryAfter === undefined ? {} : {'retry-after': retryAfter.toString()}),
  });
  response.end(text);
}

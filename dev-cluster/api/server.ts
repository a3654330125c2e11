import type {IncomingMessage, ServerResponse} from 'node:http';
import type {ExecEndpoint, Upgrade} from '../exec/exec-endpoint.ts';
import type {Faults, RequestFault} from '../faults.ts';
import type {LoggedRequest} from '../request-log.ts';
import type {Kubelet} from '../kubelet/kubelet.ts';
import type {NodeLink} from '../node-link.ts';
import type {Store} from '../store/store.ts';
import {Access} from './access.ts';
import type {AdminParts} from './admin.ts';
import {administer} from './admin.ts';
import {readBody} from './body.ts';
import {parseBody} from './decode.ts';
import {discovery} from './discovery.ts';
import {serveLog} from './log.ts';
import type {Reply} from './operations.ts';
import {perform} from './operations.ts';
import {faultError, errorReply, send} from './reply.ts';
import {representationOf} from './representation.ts';
import {answerReview, reviewAt} from './reviews.ts';
import type {Route} from './route.ts';
import {routeOf} from './route.ts';
import {StatusError, internal, noSuchResource, unauthorized} from './status.ts';
import type {Tokens} from './tokens.ts';
import {verbOf} from './verb.ts';
import {serveWatch} from './watch.ts';
import {requireFound} from './writes.ts';

export interface ApiServerParts {
  readonly store: Store;
  readonly node: NodeLink;
  readonly kubelet: Kubelet;
  readonly exec: ExecEndpoint;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly endPods: AdminParts['endPods'];
  readonly strictNamespaces: boolean;
  /** Of Kubernetes 1, as in /version. */
  readonly minorVersion: number;
  readonly bookmarkMilliseconds: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upgrade: Upgrade | undefined;
  readonly url: URL;
  readonly fault: RequestFault | undefined;
}

/** Undefined when the response is a stream or another protocol, which is already handled. */
type Answer = Reply | undefined;

/** The API server without its socket: turns requests into responses, and applies the faults. */
export class ApiServer {
  readonly access = new Access();
  readonly requests: LoggedRequest[] = [];
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
      if (url.pathname.startsWith('/admin/')) {
        send(response, await this.#administer(request, url));
        return;
      }
      this.#setClock(response);
      const fault = this.#recordRequest(request, url);
      if (fault?.type === 'hang' && fault.when !== 'after') return;
      if (fault?.type === 'delay') await delay(fault.milliseconds, response);
      if (fault?.type === 'cut' && fault.when === 'before') {
        request.socket.destroy();
        return;
      }
      if (fault?.type === 'status' && fault.when !== 'after')
        throw faultError(fault, url.searchParams);
      const answer = await this.#answer({request, response, upgrade, url, fault});
      if (fault?.type === 'hang') return;
      if (fault?.type === 'cut') request.socket.destroy();
      else if (fault?.type === 'status') throw faultError(fault, url.searchParams);
      else if (answer !== undefined) send(response, answer);
    } catch (error) {
      send(response, errorReply(error));
    }
  }

  async #administer(request: IncomingMessage, url: URL): Promise<Reply> {
    return administer(this.#parts, {
      method: request.method ?? 'GET',
      path: url.pathname,
      authorization: request.headers.authorization,
      body: await readBody(request),
    });
  }

  #setClock(response: ServerResponse): void {
    const {store, faults} = this.#parts;
    store.clockSkew = (faults.lasting('clock-skew')?.seconds ?? 0) * 1000;
    if (store.clockSkew !== 0) response.setHeader('date', new Date(store.now()).toUTCString());
  }

  #recordRequest(request: IncomingMessage, url: URL): RequestFault | undefined {
    const {method = 'GET'} = request;
    const route = tolerantRoute(url.pathname);
    const entry = {
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
    };
    this.requests.push(entry);
    const {resource, subresource} = entry;
    return this.#parts.faults.take({
      ...entry,
      path: url.pathname + url.search,
      resource: subresource === '' ? resource : `${resource}/${subresource}`,
    });
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    const {request, upgrade, url} = exchange;
    if (['/healthz', '/readyz', '/livez'].includes(url.pathname)) return {code: 200, body: 'ok'};
    if (!this.#parts.tokens.accepts(request.headers.authorization)) throw unauthorized();
    // The stream of an upgraded request is not a body, and never ends.
    const body = upgrade === undefined ? await readBody(request) : '';
    const review = reviewAt(url.pathname);
    if (review !== undefined && request.method === 'POST')
      return answerReview(review, parseBody(body, review.kind), this.access);
    const found = discovery(url.pathname, this.#parts.minorVersion);
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
    const {store, strictNamespaces, bookmarkMilliseconds} = this.#parts;
    const {request, response, url, fault} = exchange;
    const query = url.searchParams;
    const accept = request.headers.accept ?? '';
    const {resource, namespace, subresource} = route;
    if (subresource === 'exec' || subresource === 'log') {
      this.#askNode(exchange, route);
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

  /** Requests that a real API server forwards to the kubelet. */
  #askNode({response, upgrade, url, fault}: Exchange, route: Route): void {
    const {store, node, kubelet, exec} = this.#parts;
    const {resource, namespace, name = '', subresource} = route;
    const query = url.searchParams;
    const pod = requireFound(store, {resource, namespace, name});
    if (node.isLost) {
      const why = 'dial tcp 127.0.0.1:10250: connect: no route to host';
      throw internal(`error dialing backend: ${why}`);
    }
    if (subresource === 'exec')
      exec.accept({pod, query, fault, signal: kubelet.endOf(pod)}, upgrade);
    else serveLog(pod, query, (...which) => kubelet.logOf?.(...which), response);
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

async function delay(milliseconds: number, response: ServerResponse): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    response.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

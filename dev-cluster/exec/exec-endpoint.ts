import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import type {WebSocket} from 'ws';
import {WebSocketServer} from 'ws';
import {StatusError, badRequest} from '../api/status.ts';
import type {RequestFault} from '../faults.ts';
import {objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {ExecHandler} from './call.ts';
import {refusal, statusOf} from './call.ts';
import type {Streams} from './session.ts';
import {ExecSession} from './session.ts';

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** Detaches the HTTP response from the socket; after that it cannot answer any more. */
  readonly detach: () => void;
}

export interface ExecRequest {
  readonly pod: ApiObject;
  readonly query: URLSearchParams;
  readonly fault: RequestFault | undefined;
  readonly signal: AbortSignal;
}

/** Serves `pods/exec`: errors of the API server are sent over HTTP, the kubelet's after the upgrade. */
export class ExecEndpoint {
  readonly #run: ExecHandler;
  readonly #server: WebSocketServer;
  readonly #protocols: readonly string[];

  constructor(run: ExecHandler, protocols: readonly string[]) {
    this.#run = run;
    this.#protocols = protocols;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: 32 * 1024 * 1024,
      handleProtocols: offered => this.#choose(offered) ?? false,
    });
  }

  accept(exec: ExecRequest, upgrade: Upgrade | undefined): void {
    const container = containerOf(exec);
    if (upgrade === undefined) throw badRequest('Upgrade request required');
    const {request, socket, head, detach} = upgrade;
    const offered = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map(each => each.trim());
    // A real server's WebSocket library rejects unknown subprotocols without a body.
    if (this.#choose(new Set(offered)) === undefined) throw new StatusError(403, {message: ''});
    detach();
    this.#server.handleUpgrade(request, socket, head, client => {
      void this.#serve(client, exec, container);
    });
  }

  stop(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #choose(offered: ReadonlySet<string>): string | undefined {
    return this.#protocols.find(protocol => offered.has(protocol));
  }

  async #serve(client: WebSocket, exec: ExecRequest, container: string): Promise<void> {
    const {pod, query, fault, signal} = exec;
    const streams = streamsOf(query);
    const session = new ExecSession(client, streams, fault);
    if (!streams.stdin && !streams.stdout && !streams.stderr) {
      const why = 'you must specify at least 1 of stdin, stdout, stderr';
      await session.finish(refusal(`unable to upgrade connection: ${why}`));
      return;
    }
    if (!isRunning(pod, container)) {
      await session.finish(
        refusal(`unable to upgrade connection: container not found ("${container}")`),
      );
      return;
    }
    const result = await this.#run({
      pod,
      container,
      command: query.getAll('command'),
      tty: streams.tty,
      stdin: session.stdin(),
      onResize: listener => session.onResize(listener),
      stdout: piece => session.write(1, piece),
      stderr: piece => session.write(streams.tty ? 1 : 2, piece),
      signal,
    }).catch((error: unknown) => ({
      status: refusal(error instanceof Error ? error.message : String(error)),
    }));
    await session.finish(statusOf(result));
  }
}

function streamsOf(query: URLSearchParams): Streams {
  const asked = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  return {
    stdin: asked('stdin'),
    stdout: asked('stdout'),
    stderr: asked('stderr'),
    tty: asked('tty'),
  };
}

/** Raises 400 for an unknown container, and for a pod without a node. */
function containerOf({pod, query}: ExecRequest): string {
  const names = [
    ...objectsAt(pod, 'spec', 'containers'),
    ...objectsAt(pod, 'spec', 'initContainers'),
  ].map(each => stringAt(each, 'name') ?? '');
  const {name} = pod.metadata;
  const wanted = query.get('container') ?? '';
  const own = objectsAt(pod, 'spec', 'containers').map(each => stringAt(each, 'name') ?? '');
  if (wanted === '' && own.length > 1) {
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]`,
    );
  }
  const container = wanted === '' ? (own[0] ?? '') : wanted;
  if (!names.includes(container))
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  if (stringAt(pod, 'spec', 'nodeName') === undefined) {
    throw badRequest(`pod ${name} does not have a host assigned`);
  }
  return container;
}

function isRunning(pod: ApiObject, container: string): boolean {
  return ['containerStatuses', 'initContainerStatuses'].some(list =>
    objectsAt(pod, 'status', list).some(
      each =>
        each.name === container && stringAt(each, 'state', 'running', 'startedAt') !== undefined,
    ),
  );
}

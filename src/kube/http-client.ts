import {messageOf} from '../errors.ts';
import type {Connection, Credentials} from './connection.ts';
import type {FirstAnswer} from './first-answer.ts';
import {HttpConnection, type HttpHead, type HttpRequest} from './http-connection.ts';
import {openSocket} from './socket.ts';
import {isResumed, keptSession} from './tls-session.ts';

/** An answer whose body is still to be read. */
export interface HttpAnswer extends HttpHead {
  readonly connection: HttpConnection;
  readonly body: AsyncGenerator<Buffer>;
}

/** The connection could not be made, so that the request surely had no effect. */
export class NotConnectedError extends Error {}

/** Sends requests to one API server, over connections that are kept for the next request. */
export class HttpClient {
  readonly connection: Connection;
  readonly firstAnswer: FirstAnswer | undefined;
  readonly #userAgent: string;
  readonly #idle: HttpConnection[] = [];
  readonly #busy = new Set<HttpConnection>();
  #clockSkewMs = 0;

  constructor(connection: Connection, userAgent: string, firstAnswer?: FirstAnswer) {
    this.connection = connection;
    this.firstAnswer = firstAnswer;
    this.#userAgent = userAgent;
  }

  /**
   * Sends one request and waits for the head of its answer. Raises NotConnectedError, the socket's
   * error, or the signal's reason. When the signal aborts later, reading the body raises its reason.
   */
  async request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const credentials = await this.connection.credentials.current(signal);
    signal.throwIfAborted();
    this.firstAnswer?.await(this.connection.server.origin);
    const connection = await this.#connected(credentials, signal);
    this.#busy.add(connection);
    const onAbort = () => {
      connection.reader.fail(signal.reason);
      connection.close();
    };
    signal.addEventListener('abort', onAbort, {once: true});
    const release = () => {
      signal.removeEventListener('abort', onAbort);
      connection.socket.off('close', release);
      this.#release(connection);
    };
    // The body of an upgraded connection (101) is never read, so that only its socket tells the end.
    connection.socket.once('close', release);
    try {
      const head = await connection.send(this.#complete(request, credentials), this.#host());
      this.firstAnswer?.arrived();
      this.#noteTime(head.headers.get('date'));
      return {...head, connection, body: releasing(connection.body(head), release)};
    } catch (error) {
      connection.close();
      release();
      throw error;
    }
  }

  /**
   * Called after a 401: a proxy that wants a client certificate in every TLS handshake finds none in a
   * resumed one. True when the answer's connection was resumed; the next one then makes a full handshake.
   */
  async mistrustSession({connection}: HttpAnswer, signal: AbortSignal): Promise<boolean> {
    if (!isResumed(connection.socket)) return false;
    keptSession(this.connection, await this.connection.credentials.current(signal))?.mistrust();
    return true;
  }

  /** See `Cluster.serverTimeMs`. */
  serverTimeMs(): number {
    return Date.now() + this.#clockSkewMs;
  }

  /** Closes the connections that are not in use, so that the next request connects with fresh credentials. */
  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  close(): void {
    this.closeIdle();
    for (const connection of this.#busy) connection.close();
  }

  async #connected(credentials: Credentials, signal: AbortSignal): Promise<HttpConnection> {
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) {
      if (kept.isReusable) return kept;
    }
    try {
      return new HttpConnection(await openSocket(this.connection, credentials, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      throw new NotConnectedError(messageOf(error), {
        cause: error,
      });
    }
  }

  #release(connection: HttpConnection): void {
    this.#busy.delete(connection);
    if (connection.isReusable) this.#idle.push(connection);
    else connection.close();
  }

  #complete(request: HttpRequest, credentials: Credentials): HttpRequest {
    const base = this.connection.server.pathname.replace(/\/$/, '');
    return {
      ...request,
      path: base + request.path,
      headers: {
        'User-Agent': this.#userAgent,
        Accept: 'application/json',
        ...(credentials.authorization ? {Authorization: credentials.authorization} : {}),
        ...credentials.headers,
        ...request.headers,
      },
    };
  }

  #noteTime(date: string | undefined): void {
    const timeMs = Date.parse(date ?? '');
    if (!Number.isNaN(timeMs)) this.#clockSkewMs = timeMs - Date.now();
  }

  #host(): string {
    return this.connection.server.host;
  }
}

async function* releasing(body: AsyncGenerator<Buffer>, release: () => void) {
  try {
    yield* body;
  } finally {
    release();
  }
}

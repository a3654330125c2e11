import {Deadline} from '../time/deadline.ts';
import {InterruptedError, KubeError} from '../errors.ts';
import {log} from '../log.ts';
import {nowMs} from '../time/now.ts';
import {connectionFailure, statusFailure, type Intent, type Status} from './failure.ts';
import type {HttpAnswer, HttpClient} from './http-client.ts';
import type {HttpRequest} from './http-connection.ts';
import {retrying} from './retry.ts';

/** A request that can be sent twice is sent on another connection when nothing arrives for so long. */
const ANSWER_TIMEOUT_MS = 12_000;

export interface ApiRequest {
  readonly intent: Intent;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** True when sending it twice has the effect of sending it once; reads are taken to be so. */
  readonly idempotent?: boolean;
}

/** Sends JSON requests to the API server, retries them within the deadline, and raises KubeErrors. */
export class ApiClient {
  readonly http: HttpClient;
  readonly deadline: Deadline;

  constructor(http: HttpClient, deadline: Deadline) {
    this.http = http;
    this.deadline = deadline;
  }

  /** Sends the request, again after transient failures where that is safe, and parses the answer. */
  async json(request: ApiRequest): Promise<unknown> {
    const isRead = request.method === 'GET';
    const repeatable = isRead || request.idempotent === true ? 'always' : 'withoutEffect';
    const attempt = async () => {
      const {signal} = this.deadline;
      const patience =
        repeatable === 'always' ? new Deadline(ANSWER_TIMEOUT_MS, {parent: signal}) : undefined;
      try {
        const answer = await this.open(request, patience?.signal ?? signal);
        const body = await readAll(answer, () => patience?.restart());
        return JSON.parse(body.toString()) as unknown;
      } catch (error) {
        throw this.#failure(request.intent, error);
      } finally {
        patience?.clear();
      }
    };
    return retrying(this.deadline, repeatable, attempt, error =>
      this.http.firstAnswer?.givenUpAfter(error),
    );
  }

  /**
   * Sends the request once and gives the answer, its body still to be read, when the server accepted it
   * (2xx, or 101). After a 401 it is sent once more, with renewed credentials or after a full TLS
   * handshake, if either can make a difference. Raises KubeError.
   */
  async open(request: ApiRequest, signal: AbortSignal = this.deadline.signal): Promise<HttpAnswer> {
    let answer = await this.#send(request, signal);
    if (answer.status === 401 && (await this.#canDoBetter(answer, signal))) {
      // Connections in use stay open: an exec or a watch that was accepted is not affected.
      answer.connection.close();
      this.http.closeIdle();
      answer = await this.#send(request, signal);
    }
    if (answer.status < 300) return answer;
    throw await this.#refusal(request.intent, answer);
  }

  /** True when another try has other credentials, or a full TLS handshake instead of a resumed one. */
  async #canDoBetter(answer: HttpAnswer, signal: AbortSignal): Promise<boolean> {
    const isMistrusted = await this.http.mistrustSession(answer, signal);
    return this.http.connection.credentials.renew() || isMistrusted;
  }

  async #send(request: ApiRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const sinceMs = nowMs();
    try {
      const answer = await this.http.request(httpRequest(request), signal);
      const {method} = request;
      const [path] = request.path.split('?', 1);
      const durationMs = Math.round(nowMs() - sinceMs);
      log.debug('request', {method, path, status: answer.status, durationMs});
      return answer;
    } catch (error) {
      throw this.#failure(request.intent, error);
    }
  }

  async #refusal(intent: Intent, answer: HttpAnswer): Promise<unknown> {
    try {
      const status = parseStatus((await readAll(answer)).toString());
      return statusFailure(intent, answer.status, status, answer.headers.get('retry-after'));
    } catch (error) {
      return this.#failure(intent, error);
    }
  }

  /** Says of a broken connection, or of a time that is up, which request it hit; a cancellation stays as it is. */
  #failure(intent: Intent, error: unknown): unknown {
    if (error instanceof KubeError || error instanceof InterruptedError) return error;
    return connectionFailure(intent, this.http.connection, error);
  }
}

async function readAll(answer: HttpAnswer, onPiece = (): void => undefined): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of answer.body) {
    onPiece();
    pieces.push(piece);
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}

function httpRequest(request: ApiRequest): HttpRequest {
  const json = request.body === undefined ? undefined : JSON.stringify(request.body);
  return {
    method: request.method,
    path: request.path,
    headers: {...(json ? {'Content-Type': 'application/json'} : {}), ...request.headers},
    body: json,
  };
}

/** The Status in an answer's body, or its first line: a proxy may answer with a page of HTML. */
function parseStatus(text: string): Status {
  try {
    return JSON.parse(text) as Status;
  } catch {
    return {message: text.trim().split('\n', 1)[0]?.slice(0, 200) ?? ''};
  }
}

import type {IncomingMessage, RequestOptions} from 'node:http';
import {request as httpRequest} from 'node:http';
import {Agent, request as httpsRequest} from 'node:https';
import {createInterface} from 'node:readline';

/** A way to an API server, and a namespace there in which a suite may do what it likes. */
export interface Target {
  readonly server: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly namespace: string;
  /** Takes away what was made to open it. */
  readonly close: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The body as JSON, {} when it is none. */
  readonly body: Body;
  readonly text: string;
}

/** JSON of which the tests look at some fields; expectations say what they must be. */
export interface Body {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly status?: unknown;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly {readonly reason?: string; readonly field?: string}[];
  };
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly generation?: number;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly items?: readonly Body[];
}

export interface WatchLine {
  readonly type: string;
  readonly object: Body;
}

/** Raw HTTP to one API server: no client of this project is in between. */
export class ApiClient {
  readonly #target: Target;
  readonly #agent: Agent;

  constructor(target: Target) {
    this.#target = target;
    const {ca, cert, key} = target;
    this.#agent = new Agent({
      keepAlive: true,
      ...(ca === undefined ? {} : {ca}),
      ...(cert === undefined ? {} : {cert}),
      ...(key === undefined ? {} : {key}),
    });
  }

  get namespace(): string {
    return this.#target.namespace;
  }

  /** Path below the namespace. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.callAt(`/api/v1/namespaces/${this.namespace}${path}`, method, body, headers);
  }

  /** The same for a whole path. */
  async callAt(
    path: string,
    method: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const text = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const response = await this.#open(method, path, text, headers);
    const pieces: Buffer[] = [];
    for await (const piece of response) if (Buffer.isBuffer(piece)) pieces.push(piece);
    const answer = Buffer.concat(pieces).toString();
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: answer.startsWith('{') ? parse(answer) : {},
      text: answer,
    };
  }

  patch(path: string, type: 'json' | 'merge' | 'strategic-merge', body: unknown): Promise<Answer> {
    return this.call('PATCH', path, body, {'content-type': `application/${type}-patch+json`});
  }

  /** The events of a watch; leaving the loop ends it. */
  async *watch(path: string): AsyncGenerator<WatchLine> {
    const response = await this.#open(
      'GET',
      `/api/v1/namespaces/${this.namespace}${path}`,
      undefined,
      {},
    );
    try {
      for await (const line of createInterface({input: response})) yield parseLine(line);
    } finally {
      response.destroy();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #open(
    method: string,
    path: string,
    text: string | Buffer | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage> {
    const {server} = this.#target;
    const secure = server.protocol === 'https:';
    const options: RequestOptions = {
      method,
      hostname: server.hostname,
      port: server.port,
      path,
      ...(secure ? {agent: this.#agent} : {}),
      headers: {
        accept: 'application/json',
        ...(text === undefined
          ? {}
          : {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)}),
        ...this.#target.headers,
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const request = secure ? httpsRequest(options, resolve) : httpRequest(options, resolve);
      request.on('error', reject);
      request.end(text);
    });
  }
}

function parse(text: string): Body {
  return JSON.parse(text) as Body;
}

function parseLine(text: string): WatchLine {
  return JSON.parse(text) as WatchLine;
}

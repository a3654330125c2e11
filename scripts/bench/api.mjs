import {execFileSync} from 'node:child_process';
import {Agent, request as send} from 'node:https';
import {setTimeout as sleep} from 'node:timers/promises';

/** The API server of the current (or given) context, as options of node:https. */
export function readTarget({kubectl, context}) {
  const args = ['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'];
  const text = execFileSync(kubectl, [...(context ? ['--context', context] : []), ...args]);
  const config = JSON.parse(text.toString());
  const {cluster} = config.clusters[0];
  const user = config.users?.[0]?.user ?? {};
  if (!user.token && !user['client-key-data']) {
    throw new Error('the bench needs a kubeconfig with a client certificate or a token');
  }
  const {hostname, port} = new URL(cluster.server);
  return {
    host: hostname,
    port: Number(port || 443),
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
    rejectUnauthorized: !cluster['insecure-skip-tls-verify'],
    headers: user.token ? {authorization: `Bearer ${user.token}`} : {},
  };
}

function pem(base64) {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}

/** Requests of the benchmark itself, over keep-alive connections; paths are relative to /api/v1. */
export class Api {
  #target;
  #agent = new Agent({keepAlive: true});

  constructor(target) {
    this.#target = target;
  }

  /** Sends a request; resolves to the response with its body unread. */
  open(method, path, body, type = 'application/json') {
    return new Promise((resolve, reject) => {
      const {headers, ...target} = this.#target;
      const options = {...target, agent: this.#agent, method, path: `/api/v1${path}`};
      const request = send({...options, headers: {...headers, 'content-type': type}}, resolve);
      request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The object in the response; undefined for 404. */
  async call(method, path, body, type) {
    const answer = await this.open(method, path, body, type);
    let text = '';
    for await (const piece of answer.setEncoding('utf8')) text += piece;
    if (answer.statusCode === 404) return undefined;
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  close() {
    this.#agent.destroy();
  }
}

/** Polls until `ask` returns a value. */
export async function until(what, ask, {everyMs = 100, limitMs = 180_000} = {}) {
  const limitAt = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > limitAt) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await sleep(everyMs);
  }
}

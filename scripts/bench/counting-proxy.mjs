import {createServer} from 'node:http';
import {request as send} from 'node:https';

/** A counting proxy for the API server, on loopback and without TLS. Never used while something is timed. */
export class CountingProxy {
  #server;
  #target;
  #counts = emptyCounts();

  constructor(target) {
    this.#target = target;
    this.#server = createServer((request, response) => this.#pass(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#passUpgrade(request, socket, head));
  }

  async open() {
    await new Promise(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The counts since the last call: {exchanges, conflicts, execsAtOnce (maximum for one pod)}. */
  take() {
    const {running, ...counts} = this.#counts;
    this.#counts = {...emptyCounts(), running};
    return counts;
  }

  #forward(request) {
    this.#counts.exchanges++;
    const {headers, ...target} = this.#target;
    const {method, url: path} = request;
    const sent = {...request.headers, ...headers, host: `${target.host}:${target.port}`};
    return send({...target, method, path, headers: sent});
  }

  #pass(request, response) {
    const upstream = this.#forward(request);
    upstream.on('response', answer => {
      if (answer.statusCode === 409) this.#counts.conflicts++;
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  #passUpgrade(request, socket, head) {
    const pod = request.url.split('?')[0];
    const counts = this.#counts;
    const now = (counts.running.get(pod) ?? 0) + 1;
    counts.running.set(pod, now);
    counts.execsAtOnce = Math.max(counts.execsAtOnce, now);
    socket.once('close', () => counts.running.set(pod, counts.running.get(pod) - 1));
    const upstream = this.#forward(request);
    upstream.on('upgrade', (answer, other, first) => {
      socket.write(headOf(answer));
      socket.write(first);
      other.write(head);
      other.on('error', () => socket.destroy()).pipe(socket);
      socket.on('error', () => other.destroy()).pipe(other);
    });
    upstream.on('response', answer => {
      const {statusCode, statusMessage} = answer;
      socket.write(headOf({statusCode, statusMessage, rawHeaders: ['Connection', 'close']}));
      answer.pipe(socket);
      // Without reading, its close would go unnoticed, and a rejected exec would count as running forever.
      socket.resume();
    });
    upstream.on('error', () => socket.destroy());
    upstream.end();
  }
}

const emptyCounts = () => ({exchanges: 0, conflicts: 0, execsAtOnce: 0, running: new Map()});

function headOf({statusCode, statusMessage, rawHeaders}) {
  let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    head += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  }
  return `${head}\r\n`;
}

import {Deadline} from '../time/deadline.ts';
import {nowMs} from '../time/now.ts';
import {isKubeFailure, messageOf, PodExecError} from '../errors.ts';
import type {ApiClient} from './api-client.ts';
import type {ExecRequest, ExecResult, TerminalRequest, TerminalSize} from './cluster.ts';
import {exitCodeOf, execRefusal, isProtocolRefusal, protocolRefusal} from './exec-status.ts';
import {describe, type Intent, type Status} from './failure.ts';
import {handshakeKey, WebSocketClient} from './websocket.ts';

/** KEP-4006. v5 adds to v4 a way to close stdin, without which a command that reads it to its end hangs. */
const PROTOCOL = 'v5.channel.k8s.io';
const CHANNEL = {stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255} as const;

/** The server reads each frame whole into memory; frames of tens of MiB have had connections reset. */
const STDIN_FRAME_BYTES = 32 * 1024;

/** As kubectl does; load balancers cut connections that are silent for minutes. */
const PING_EVERY_MS = 5_000;
/**
 * The connection is taken for dead when nothing arrived for so long, not even the answer to a ping, and
 * all of ours was sent. As kubectl's, where the request names no other.
 */
const SILENCE_LIMIT_MS = 61_000;

/** Runs one command in a container over a WebSocket; see `Cluster.exec` for what it raises. */
export async function execInPod(
  api: ApiClient,
  namespace: string,
  request: ExecRequest,
): Promise<ExecResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const session = await openExec(api, namespace, {
    ...request,
    parameters: {stdin: request.stdin !== undefined, stdout: true, stderr: true, tty: false},
  });
  const onMessage = (channel: number, piece: Buffer) => {
    if (channel === CHANNEL.stdout) (request.onStdout ?? (data => stdout.push(data)))(piece);
    if (channel === CHANNEL.stderr) (request.onStderr ?? (data => stderr.push(data)))(piece);
  };
  request.onAccepted?.();
  const input = request.stdin === undefined ? undefined : session.sendInput(request.stdin);
  const exitCode = await session.finish(onMessage, input);
  return {exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr)};
}

/** Runs one command with a TTY; see `Cluster.execTerminal`. */
export async function execOnTerminal(
  api: ApiClient,
  namespace: string,
  request: TerminalRequest,
): Promise<number> {
  const session = await openExec(api, namespace, {
    ...request,
    parameters: {stdin: true, stdout: true, stderr: false, tty: true},
  });
  request.onAccepted();
  const resize = (size: TerminalSize) => {
    const message = JSON.stringify({Width: size.columns, Height: size.rows});
    void session.send(CHANNEL.resize, Buffer.from(message));
  };
  const stopResizing = request.onResize(resize);
  resize(request.size());
  const onInput = (data: Buffer) => void session.send(CHANNEL.stdin, data);
  request.input.on('data', onInput);
  let isFirst = true;
  try {
    return await session.finish((channel, piece) => {
      if (channel !== CHANNEL.stdout) return;
      request.output.write(piece);
      // A size that was sent before the program ran may be lost (kubernetes/kubernetes#13585).
      if (isFirst) resize(request.size());
      isFirst = false;
    });
  } finally {
    stopResizing();
    request.input.off('data', onInput);
  }
}

interface ExecTarget {
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly parameters: {stdin: boolean; stdout: boolean; stderr: boolean; tty: boolean};
  readonly acceptWithinMs?: number;
  readonly silenceLimitMs?: number;
}

interface ExecFacts {
  readonly intent: Intent;
  readonly signal: AbortSignal;
  readonly silenceLimitMs: number;
}

async function openExec(api: ApiClient, namespace: string, target: ExecTarget) {
  const intent = {verb: 'get', resource: 'pods/exec', name: target.pod, namespace};
  const {key, accept} = handshakeKey();
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Protocol': PROTOCOL,
  };
  const path = execPath(namespace, target);
  const {origin} = api.http.connection.server;
  const {signal: parent} = api.deadline;
  const {acceptWithinMs} = target;
  // A `start` opens many execs under one deadline: each signal of its own would stay a listener there.
  const patience =
    acceptWithinMs === undefined ? undefined : new Deadline(acceptWithinMs, {parent});
  const opened = api.open({method: 'GET', intent, path, headers}, patience?.signal ?? parent);
  const answer = await opened.catch((error: unknown) => {
    patience?.clear();
    if (isProtocolRefusal(error)) throw protocolRefusal(intent, origin, PROTOCOL);
    throw isKubeFailure(error, 'forbidden') ? execRefusal(error) : error;
  });
  patience?.lift();
  if (answer.status !== 101 || answer.headers.get('sec-websocket-protocol') !== PROTOCOL) {
    answer.connection.close();
    throw protocolRefusal(intent, origin, PROTOCOL);
  }
  if (answer.headers.get('sec-websocket-accept') !== accept) {
    answer.connection.close();
    throw new PodExecError(
      `${describe(intent)}: the WebSocket handshake was answered by something else`,
      {mayHaveRun: false},
    );
  }
  return new ExecSession(new WebSocketClient(answer.connection), {
    intent,
    signal: api.deadline.signal,
    silenceLimitMs: target.silenceLimitMs ?? SILENCE_LIMIT_MS,
  });
}

function execPath(namespace: string, {pod, container, command, parameters}: ExecTarget): string {
  const query = new URLSearchParams({container});
  for (const word of command) query.append('command', word);
  for (const [name, value] of Object.entries(parameters)) if (value) query.append(name, 'true');
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  return `${path}?${query.toString()}`;
}

class ExecSession {
  readonly #socket: WebSocketClient;
  readonly #facts: ExecFacts;
  #isSilent = false;

  constructor(socket: WebSocketClient, facts: ExecFacts) {
    this.#socket = socket;
    this.#facts = facts;
  }

  send(channel: number, data: Buffer): Promise<void> {
    return this.#socket.send(Buffer.from([channel]), data);
  }

  /** Sends all of stdin in bounded frames, then its end; nothing more is read once the exec is over. */
  async sendInput(input: Buffer | AsyncIterable<Buffer>): Promise<void> {
    for await (const piece of Buffer.isBuffer(input) ? [input] : input) {
      if (this.#socket.isClosed) return;
      for (let at = 0; at < piece.length; at += STDIN_FRAME_BYTES) {
        await this.send(CHANNEL.stdin, piece.subarray(at, at + STDIN_FRAME_BYTES));
      }
    }
    await this.#socket.send(Buffer.from([CHANNEL.close, CHANNEL.stdin]));
  }

  /**
   * Hands on what arrives until the Status frame says how the command ended, and gives the exit code.
   * Only that frame counts as an end: a connection that closes without it has lost the command. Input
   * that cannot be read ends the exec, with that failure.
   */
  async finish(
    onMessage: (channel: number, piece: Buffer) => void,
    input: Promise<void> = Promise.resolve(),
  ): Promise<number> {
    const pings = setInterval(() => this.#keepAlive(), PING_EVERY_MS);
    let inputFailure: {error: unknown} | undefined;
    input.catch((error: unknown) => {
      inputFailure = {error};
      this.#socket.destroy();
    });
    try {
      for await (const message of this.#socket.messages()) {
        const channel = message[0] ?? CHANNEL.close;
        if (channel === CHANNEL.status) {
          const exitCode = exitCodeOf(
            this.#facts.intent,
            JSON.parse(message.toString('utf8', 1)) as Status,
          );
          // Servers have called a failure a success when the command left stdin unread.
          if (exitCode === 0 && this.#socket.queuedBytes > 0)
            throw this.#broken('the command ended before it had read its input');
          this.#socket.close();
          return exitCode;
        }
        if (message.length > 1) onMessage(channel, message.subarray(1));
      }
      throw this.#broken('the connection was closed before the command ended');
    } catch (error) {
      this.#socket.destroy();
      if (inputFailure) throw inputFailure.error;
      const {signal} = this.#facts;
      if (signal.aborted) throw signal.reason;
      throw error instanceof PodExecError || isKubeFailure(error) ? error : this.#broken('', error);
    } finally {
      clearInterval(pings);
    }
  }

  #keepAlive(): void {
    const silentMs = nowMs() - this.#socket.lastFrameAtMs;
    // While a command does not read its stdin the server reads nothing from us, not even pings.
    this.#isSilent = silentMs > this.#facts.silenceLimitMs && this.#socket.queuedBytes === 0;
    if (this.#isSilent) this.#socket.destroy();
    else this.#socket.ping();
  }

  #broken(reason: string, cause?: unknown): PodExecError {
    const silence = `nothing came from the server for ${this.#facts.silenceLimitMs / 1000} s`;
    const why = this.#isSilent ? silence : reason || messageOf(cause);
    return new PodExecError(
      `${describe({...this.#facts.intent, verb: 'exec in', resource: 'pod'})}: the connection broke: ${why}`,
      {mayHaveRun: true, cause},
    );
  }
}

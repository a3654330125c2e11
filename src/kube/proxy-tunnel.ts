import {connect as connectTcp, isIP, type Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';

/** How long a proxy may take to connect; after that another try is worth more. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Bytes of a proxy's answer that are buffered at most; a head is far shorter. */
const LONGEST_ANSWER = 65_536;

/**
 * Opens a connection to `host:port` through an HTTP, HTTPS or SOCKS5 proxy; the proxy resolves the name.
 * Raises the signal's reason, or an Error with the proxy's answer, which never holds its password.
 */
export async function openThroughProxy(
  proxy: URL,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connectToProxy(proxy);
  const onAbort = () => socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort, {once: true});
  const onTimeout = () =>
    socket.destroy(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`));
  const timer = setTimeout(onTimeout, CONNECT_TIMEOUT_MS);
  try {
    await connected(socket, proxy.protocol === 'https:' ? 'secureConnect' : 'connect');
    const target = {host: host.replace(/^\[(.*)\]$/, '$1'), port};
    if (proxy.protocol === 'socks5:') await askSocks(socket, proxy, target);
    else await askHttp(socket, proxy, target);
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    const {message} = error as Error;
    throw new Error(
      `proxy ${proxy.protocol}//${proxy.host} did not connect to ${host}:${port}: ${message}`,
      {
        cause: error,
      },
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

interface Target {
  readonly host: string;
  readonly port: number;
}

function connectToProxy(proxy: URL): Socket {
  const host = proxy.hostname.replace(/^\[(.*)\]$/, '$1');
  const defaultPorts: Record<string, number> = {'http:': 80, 'https:': 443, 'socks5:': 1080};
  const port = Number(proxy.port) || (defaultPorts[proxy.protocol] ?? 0);
  if (proxy.protocol !== 'https:') return connectTcp({host, port});
  return connectTls({host, port, ...(isIP(host) === 0 ? {servername: host} : {})});
}

function connected(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(error);
    const onClose = () => reject(new Error('the connection was closed'));
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once(event, () => {
      socket.off('error', onError);
      socket.off('close', onClose);
      resolve();
    });
  });
}

/** RFC 9110, section 9.3.6. */
async function askHttp(socket: Socket, proxy: URL, target: Target): Promise<void> {
  const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  const {name, password} = login(proxy);
  if (name !== '' || password !== '') {
    const basic = Buffer.from(`${name}:${password}`).toString('base64');
    lines.push(`Proxy-Authorization: Basic ${basic}`);
  }
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const head = await take(socket, bytes => {
    const end = bytes.indexOf('\r\n\r\n');
    return end === -1 ? undefined : end + 4;
  });
  const status = head.toString('latin1').split('\r\n', 1)[0] ?? '';
  // Some proxies say 200 alone, others "200 Connection established".
  if (!/^HTTP\/1\.[01] 200(?: |$)/.test(status)) throw new Error(`it answered ${status}`);
}

/** RFC 1928, with the user name and password of RFC 1929. */
async function askSocks(socket: Socket, proxy: URL, target: Target): Promise<void> {
  const {name, password} = login(proxy);
  const hasLogin = name !== '' || password !== '';
  socket.write(Buffer.from(hasLogin ? [5, 2, 0, 2] : [5, 1, 0]));
  const [version, method] = await take(socket, ofLength(2));
  if (version !== 5) throw new Error('it does not speak SOCKS5');
  if (method === 2 && hasLogin) await logIn(socket, name, password);
  else if (method !== 0)
    throw new Error('it wants a user name and password; put them into its URL');
  const port = Buffer.alloc(2);
  port.writeUInt16BE(target.port);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(target.host), port]));
  const answer = await take(socket, bytes => {
    const [, code, , kind, length] = bytes;
    if (code !== undefined && code !== 0) return 2;
    const addressLength =
      kind === 1 ? 4 : kind === 4 ? 16 : length === undefined ? NaN : length + 1;
    return bytes.length >= 4 + addressLength + 2 ? 4 + addressLength + 2 : undefined;
  });
  if (answer[1] !== 0)
    throw new Error(`it answered ${SOCKS_ANSWERS[answer[1] ?? 0] ?? 'an error'}`);
}

const SOCKS_ANSWERS: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'time to live expired',
  7: 'command not supported',
  8: 'address type not supported',
};

async function logIn(socket: Socket, name: string, password: string): Promise<void> {
  socket.write(Buffer.concat([Buffer.from([1]), counted(name), counted(password)]));
  const answer = await take(socket, ofLength(2));
  if (answer[1] !== 0) throw new Error('it refused the user name and password of its URL');
}

function socksAddress(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (isIP(host) === 0) return Buffer.concat([Buffer.from([3]), counted(host)]);
  return Buffer.concat([Buffer.from([4]), ipv6Bytes(host)]);
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes an embedded IPv4 address in hexadecimal as well.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(left), groups(right ?? '')];
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  const bytes = [...head, ...zeros, ...tail].map(group => group.padStart(4, '0'));
  return Buffer.from(bytes.join(''), 'hex');
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new Error('a name is too long for SOCKS5 (255 bytes)');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function login(proxy: URL): {name: string; password: string} {
  return {name: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password)};
}

function ofLength(length: number): (bytes: Buffer) => number | undefined {
  return bytes => (bytes.length >= length ? length : undefined);
}

/** Reads until `lengthOf` can tell the answer's length, and gives that many bytes; the rest stays in the socket. */
function take(socket: Socket, lengthOf: (bytes: Buffer) => number | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = (finish: () => void) => {
      socket
        .off('readable', onReadable)
        .off('end', onEnd)
        .off('close', onEnd)
        .off('error', onError);
      finish();
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onEnd = () => settle(() => reject(new Error('it closed the connection')));
    const onReadable = () => {
      const piece = socket.read() as Buffer | null;
      if (piece === null) return;
      bytes = Buffer.concat([bytes, piece]);
      const length = lengthOf(bytes);
      if (length !== undefined) {
        settle(() => {
          if (length < bytes.length) socket.unshift(bytes.subarray(length));
          resolve(bytes.subarray(0, length));
        });
      } else if (bytes.length > LONGEST_ANSWER) {
        settle(() => reject(new Error('its answer has no end')));
      }
    };
    socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onError);
  });
}

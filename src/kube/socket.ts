import {connect as connectPlain, isIP, type Socket} from 'node:net';
import {checkServerIdentity, connect as connectTls, type ConnectionOptions} from 'node:tls';
import type {Connection, Credentials} from './connection.ts';
import {keptSession} from './tls-session.ts';

/** How long connecting, TLS handshake included, may take; after that another try is worth more. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens a connection to the API server, through the proxy if there is one. Raises the socket's or
 * TLS's own error, or the signal's reason.
 */
export async function openSocket(
  connection: Connection,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const {server} = connection;
  const secure = server.protocol === 'https:';
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const port = Number(server.port || (secure ? 443 : 80));
  const tunnel = connection.proxy && (await openTunnel(connection.proxy, host, port, signal));
  if (!secure) {
    const socket = tunnel ?? connectPlain({host, port, noDelay: true});
    return tunnel ?? settled(socket, 'connect', signal);
  }
  const name = connection.tlsServerName ?? host;
  const {clientCertificate} = credentials;
  const kept = keptSession(connection, credentials);
  const socket = connectTls({
    // Through a tunnel too, the host is what the certificate is checked against.
    ...(tunnel ? {socket: tunnel, host} : {host, port}),
    // SNI is for names only; an address is checked against the certificate without it.
    ...(isIP(name) ? {} : {servername: name}),
    ...(connection.tlsServerName ? {checkServerIdentity: checkAs(connection.tlsServerName)} : {}),
    ...(connection.ca ? {ca: connection.ca} : {}),
    ...(clientCertificate ? {cert: clientCertificate.certificate, key: clientCertificate.key} : {}),
    ...(kept?.session ? {session: kept.session} : {}),
    rejectUnauthorized: !connection.insecureSkipTlsVerify,
  });
  socket.setNoDelay(true);
  kept?.follow(socket);
  let isReached = tunnel !== undefined;
  socket.once('connect', () => (isReached = true));
  try {
    return await settled(socket, 'secureConnect', signal);
  } catch (error) {
    if (kept?.session && isReached && !signal.aborted) kept.mistrust();
    throw error;
  }
}

async function openTunnel(proxy: URL, host: string, port: number, signal: AbortSignal) {
  const {openThroughProxy} = await import('./proxy-tunnel.ts');
  return openThroughProxy(proxy, host, port, signal);
}

type IdentityCheck = NonNullable<ConnectionOptions['checkServerIdentity']>;

/** Checks the certificate against the kubeconfig's `tls-server-name`, which may be an address too. */
function checkAs(name: string): IdentityCheck {
  return (_host, certificate) => checkServerIdentity(name, certificate);
}

/** Resolves with the socket at this event; destroys it on a failure, an abort or a timeout. */
function settled(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      release();
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    const onClose = () => fail(new Error('the server closed the connection before it was set up'));
    const onTimeout = () => fail(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`));
    const timer = setTimeout(onTimeout, CONNECT_TIMEOUT_MS);
    const release = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', fail).off('close', onClose);
    };
    signal.addEventListener('abort', onAbort, {once: true});
    socket.once('error', fail).once('close', onClose);
    socket.once(event, () => {
      release();
      resolve(socket);
    });
  });
}

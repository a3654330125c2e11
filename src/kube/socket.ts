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
  const {server, proxy} = connection;
  const secure = server.protocol === 'https:';
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const port = Number(server.port || (secure ? 443 : 80));
  const reach = async () => {
    signal.throwIfAborted();
    return proxy && (await openTunnel(proxy, host, port, signal));
  };
  if (secure) return openSecure({connection, credentials, host, port, reach, signal});
  const tunnel = await reach();
  return tunnel ?? settled(connectPlain({host, port, noDelay: true}), 'connect', signal);
}

interface SecureTarget {
  readonly connection: Connection;
  readonly credentials: Credentials;
  readonly host: string;
  readonly port: number;
  /** A connection to the server through the proxy; undefined without a proxy. */
  readonly reach: () => Promise<Socket | undefined>;
  readonly signal: AbortSignal;
}

async function openSecure(
  target: SecureTarget,
  kept = keptSession(target.connection, target.credentials),
): Promise<Socket> {
  const {connection, credentials, host, port, signal} = target;
  const tunnel = await target.reach();
  const name = connection.tlsServerName ?? host;
  const socket = connectTls({
    // Through a tunnel too, the host is what the certificate is checked against.
    ...(tunnel ? {socket: tunnel, host} : {host, port}),
    // SNI is for names only; an address is checked against the certificate without it.
    ...(isIP(name) ? {} : {servername: name}),
    ...(connection.tlsServerName ? {checkServerIdentity: checkAs(connection.tlsServerName)} : {}),
    ...(kept?.isSufficient ? RESUME_ONLY : fullHandshake(connection, credentials)),
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
    if (signal.aborted || !kept?.session || !isReached) throw error;
    // A certificate is verified in a full handshake only: the server no longer knew the session.
    const isRefused = (socket.authorizationError as unknown) !== null;
    if (!kept.isSufficient || !isRefused) {
      kept.mistrust();
      throw error;
    }
    return openSecure(target, kept.refused());
  }
}

/**
 * Resuming a session needs neither certificates nor a key. With no authority trusted, any other handshake
 * fails; and Node 20, given one, first parses its own 140, which takes 25 ms.
 */
const RESUME_ONLY: ConnectionOptions = {ca: []};

function fullHandshake({ca}: Connection, {clientCertificate}: Credentials): ConnectionOptions {
  return {
    ...(ca ? {ca} : {}),
    ...(clientCertificate ? {cert: clientCertificate.certificate, key: clientCertificate.key} : {}),
  };
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

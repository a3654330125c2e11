import {createHash} from 'node:crypto';
import type {TLSSocket} from 'node:tls';
import type {Connection, Credentials} from './connection.ts';

/** The session of an earlier process with the same server, certificate authority and client. */
export interface KeptSession {
  /** What `tls.connect` resumes; undefined when there is none. */
  readonly session: Buffer | undefined;
  /** Keeps what this connection leaves behind, once it is found to be the right server's. */
  readonly follow: (socket: TLSSocket) => void;
  /** For a handshake that failed with it: the next one is whole. */
  readonly drop: () => void;
}

/**
 * A handshake that goes on with an earlier session (RFC 8446, section 2.2) needs no signature and no
 * certificate on either side (docs/adr/0015-tls-sessions-are-kept.md). Undefined where none are kept.
 */
export function keptSession(
  connection: Connection,
  credentials: Credentials,
): KeptSession | undefined {
  const cache = connection.tlsSessions;
  // Nothing was found out about such a server that could be relied on later.
  if (cache === undefined || connection.insecureSkipTlsVerify) return undefined;
  const name = nameOf(connection, credentials);
  return {
    session: cache.read(name),
    follow(socket) {
      socket.once('session', (session: Buffer) => {
        // What resumes it will not look at the server's certificate again.
        if (socket.authorized && !socket.isSessionReused()) cache.write(name, session);
      });
    },
    drop: () => cache.drop(name),
  };
}

/** Whatever the whole handshake would have checked or shown is in the name. */
function nameOf(connection: Connection, {clientCertificate}: Credentials): string {
  const {server, tlsServerName = '', ca = '', proxy} = connection;
  const client = [clientCertificate?.certificate ?? '', clientCertificate?.key ?? ''];
  const facts = [process.version, server.host, tlsServerName, ca, proxy?.href ?? '', ...client];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

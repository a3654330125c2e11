import {createHash} from 'node:crypto';
import type {Socket} from 'node:net';
import {TLSSocket, type DetailedPeerCertificate} from 'node:tls';
import type {Connection, Credentials} from './connection.ts';

/** How long no session is kept after one with which there was no handshake, or a 401. */
const MISTRUST_MS = 3600 * 1000;

/** The session of an earlier process with the same server, certificate authority and client. */
export interface KeptSession {
  /** What `tls.connect` resumes; undefined when there is none. */
  readonly session: Buffer | undefined;
  /** Keeps what this connection leaves behind, once it is found to be the right server's. */
  readonly follow: (socket: TLSSocket) => void;
  /** For something on the way that does not bear a resumed handshake: the next ones are whole. */
  readonly mistrust: () => void;
}

/**
 * A handshake that goes on with an earlier session (RFC 8446, section 2.2) needs no signature and no
 * certificate on either side (docs/adr/0015-tls-sessions-are-kept.md). Undefined where none are kept.
 */
export function keptSession(
  connection: Connection,
  credentials: Credentials,
): KeptSession | undefined {
  const {tlsSessions: cache, ca, insecureSkipTlsVerify} = connection;
  // What Node itself trusts can change from call to call, and nothing was found out about a server
  // whose certificate is not looked at.
  if (cache === undefined || ca === undefined || insecureSkipTlsVerify) return undefined;
  const name = nameOf(connection, credentials);
  const kept = read(cache.read(name));
  return {
    session: kept?.session,
    follow(socket) {
      if (kept !== undefined && kept.session === undefined) return;
      socket.once('session', (session: Buffer) => {
        if (!socket.authorized || socket.isSessionReused()) return;
        cache.write(name, written(expiryMs(socket.getPeerCertificate(true)), session));
      });
    },
    mistrust: () => cache.write(name, written(Date.now() + MISTRUST_MS)),
  };
}

export function isResumed(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.isSessionReused();
}

/** What resumes a session does not look at the server's certificates again: it ends with the first of them. */
function expiryMs(certificate: DetailedPeerCertificate): number {
  const ends: number[] = [];
  let current: DetailedPeerCertificate | undefined = certificate;
  while (current !== undefined) {
    ends.push(Date.parse(current.valid_to));
    const {issuerCertificate}: {issuerCertificate?: DetailedPeerCertificate} = current;
    current = issuerCertificate === current ? undefined : issuerCertificate;
  }
  return Math.min(...ends);
}

/** Until when it counts, a newline, the session; without one: that none is to be kept until then. */
function written(untilMs: number, session: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(`${untilMs}\n`), session]);
}

/** Undefined when the file is not there, spoilt or no longer counts. */
function read(file: Buffer | undefined): {session: Buffer | undefined} | undefined {
  const end = file?.indexOf('\n') ?? -1;
  if (file === undefined || end < 0 || !(Number(file.toString('latin1', 0, end)) > Date.now())) {
    return undefined;
  }
  return {session: end + 1 < file.length ? file.subarray(end + 1) : undefined};
}

/** Whatever the whole handshake would have checked or shown is in the name. */
function nameOf(connection: Connection, {clientCertificate}: Credentials): string {
  const {server, tlsServerName = '', ca = '', proxy} = connection;
  const client = [clientCertificate?.certificate ?? '', clientCertificate?.key ?? ''];
  const facts = [process.version, server.host, tlsServerName, ca, proxy?.href ?? '', ...client];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

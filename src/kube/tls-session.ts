import {createHash} from 'node:crypto';
import type {Socket} from 'node:net';
import {TLSSocket, type DetailedPeerCertificate} from 'node:tls';
import type {Connection, Credentials} from './connection.ts';

/** How long no session is kept after one whose handshake failed or was answered by a 401. */
const MISTRUST_MS = 3600 * 1000;

/** The TLS session that an earlier process left, with the same server, authority and client certificate. */
export interface KeptSession {
  /** For `tls.connect` to resume; undefined when there is none. */
  readonly session: Buffer | undefined;
  /** Keeps the session of this connection, once the server's certificate was verified. */
  readonly follow: (socket: TLSSocket) => void;
  /** Drops the session and keeps none for an hour: a server or proxy did not accept the resumed handshake. */
  readonly mistrust: () => void;
}

/**
 * The kept session for this connection; undefined where sessions are not kept. A handshake that resumes
 * one (RFC 8446, section 2.2) needs no signature and no certificate on either side
 * (docs/adr/0015-tls-sessions-are-kept.md).
 */
export function keptSession(
  connection: Connection,
  credentials: Credentials,
): KeptSession | undefined {
  const {tlsSessions: cache, ca, insecureSkipTlsVerify} = connection;
  // Without a `ca` Node's settings decide whom to trust, which can change from call to call; and a server
  // whose certificate is not verified must not be trusted by a session of it either.
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

/** When the first certificate of the chain expires: a resumed handshake does not check them again. */
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

/** The file's format: when it expires (ms since 1970), a newline, the session. No session: keep none until then. */
function written(untilMs: number, session: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(`${untilMs}\n`), session]);
}

/** Undefined when the file is missing, damaged or expired. */
function read(file: Buffer | undefined): {session: Buffer | undefined} | undefined {
  const end = file?.indexOf('\n') ?? -1;
  if (file === undefined || end < 0 || !(Number(file.toString('latin1', 0, end)) > Date.now())) {
    return undefined;
  }
  return {session: end + 1 < file.length ? file.subarray(end + 1) : undefined};
}

/** The file's name: a hash of everything that a full handshake would check or send. */
function nameOf(connection: Connection, {clientCertificate}: Credentials): string {
  const {server, tlsServerName = '', ca = '', proxy} = connection;
  const client = [clientCertificate?.certificate ?? '', clientCertificate?.key ?? ''];
  const facts = [process.version, server.host, tlsServerName, ca, proxy?.href ?? '', ...client];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

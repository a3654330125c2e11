import {createHash} from 'node:crypto';
import type {Socket} from 'node:net';
import {TLSSocket, type DetailedPeerCertificate} from 'node:tls';
import type {Connection, Credentials} from './connection.ts';
import type {PrivateCache} from './private-cache.ts';

/** How long no session is kept after one whose handshake failed or was answered by a 401. */
const MISTRUST_MS = 3600 * 1000;

/**
 * When a server did not know a session twice within this time, sessions are offered for as long together with
 * what a full handshake needs. Behind a load balancer over several API servers that is what happens most of
 * the time, and a connection that can only resume would have to be followed by another. Once means a restart.
 */
const REFUSAL_MS = 5 * 60 * 1000;

/** The TLS session that an earlier process left, with the same server, authority and client certificate. */
export interface KeptSession {
  /** For `tls.connect` to resume; undefined when there is none. */
  readonly session: Buffer | undefined;
  /** True when the server is expected to resume it, so that certificates and key need not be parsed. */
  readonly isSufficient: boolean;
  /** Keeps the session of this connection, once the server's certificate was verified. */
  readonly follow: (socket: TLSSocket) => void;
  /** Called when the server no longer knew the session: what to go on with. */
  readonly refused: () => KeptSession;
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
  return keptAs(cache, name, read(cache.read(name)));
}

function keptAs(cache: PrivateCache, name: string, kept: Kept | undefined): KeptSession {
  const {session, refusedAtMs = 0, insufficientUntilMs = 0, isMistrusted = false} = kept ?? {};
  return {
    session,
    isSufficient: session !== undefined && Date.now() > insufficientUntilMs,
    follow(socket) {
      if (isMistrusted) return;
      socket.once('session', (fresh: Buffer) => {
        if (!socket.authorized || socket.isSessionReused()) return;
        const untilMs = expiryMs(socket.getPeerCertificate(true));
        cache.write(name, written({untilMs, refusedAtMs, insufficientUntilMs, session: fresh}));
      });
    },
    refused() {
      const nowMs = Date.now();
      const isFirst = nowMs - refusedAtMs > REFUSAL_MS;
      const more = isFirst ? {} : {insufficientUntilMs: nowMs + REFUSAL_MS};
      return keptAs(cache, name, {untilMs: 0, refusedAtMs: nowMs, ...more});
    },
    mistrust: () =>
      cache.write(name, written({untilMs: Date.now() + MISTRUST_MS, isMistrusted: true})),
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

/** What a file holds, until `untilMs` (since 1970). */
interface Kept {
  readonly untilMs: number;
  /** When the server last did not know a session (ms since 1970). */
  readonly refusedAtMs?: number;
  /** Until when a session is offered together with what a full handshake needs (ms since 1970). */
  readonly insufficientUntilMs?: number;
  /** No session is to be kept until then. */
  readonly isMistrusted?: boolean;
  readonly session?: Buffer | undefined;
}

/** Raised when the files' format changes, so that builds of different ages do not read each other's. */
const FORMAT = 2;

/** The file's format: a line of JSON, then the session. */
function written({session = Buffer.alloc(0), ...facts}: Kept): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(facts)}\n`), session]);
}

/** Undefined when the file is missing, damaged or expired. */
function read(file: Buffer | undefined): Kept | undefined {
  const end = file?.indexOf('\n') ?? -1;
  if (file === undefined || end < 0) return undefined;
  const facts = parsed(file.toString('latin1', 0, end));
  if (!(Number(facts?.untilMs) > Date.now())) return undefined;
  return {...(facts as Kept), ...(end + 1 < file.length ? {session: file.subarray(end + 1)} : {})};
}

function parsed(json: string): Partial<Kept> | undefined {
  try {
    return JSON.parse(json) as Partial<Kept>;
  } catch {
    return undefined;
  }
}

/** The file's name: a hash of everything that a full handshake would check or send. */
function nameOf(connection: Connection, {clientCertificate}: Credentials): string {
  const {server, tlsServerName = '', ca = '', proxy} = connection;
  const client = [clientCertificate?.certificate ?? '', clientCertificate?.key ?? ''];
  const facts = [
    FORMAT,
    process.version,
    server.host,
    tlsServerName,
    ca,
    proxy?.href ?? '',
    ...client,
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

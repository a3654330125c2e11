import {randomBytes} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {numberAt, stringAt} from './json.ts';
import {replaceFile} from './store/state-file.ts';
import type {ServerCertificate} from './tls/certificates.ts';
import {issueServerCertificate} from './tls/certificates.ts';

/** What a kubeconfig refers to: token, certificate and port. */
export interface Identity {
  readonly token: string;
  /** Undefined for plain HTTP. */
  readonly tls?: ServerCertificate;
  /** The port of the previous run. */
  readonly port?: number;
  /** Stores the port for the next run. */
  readonly keepPort?: (port: number) => void;
}

const validDays = 365;
const renewedAfterMilliseconds = 300 * 24 * 3_600_000;

/**
 * The identity stored in this directory, so that a kubeconfig stays valid after a restart; a new one the
 * first time, and before the certificate expires.
 */
export function identityIn(directory: string): Identity {
  const path = join(directory, 'identity.json');
  const kept = read(path) ?? {
    token: randomBytes(24).toString('base64url'),
    tls: issueServerCertificate(validDays),
    issuedAt: Date.now(),
  };
  const keepPort = (port: number): void => {
    if (port !== kept.port) replaceFile(path, `${JSON.stringify({...kept, port})}\n`);
  };
  return {...kept, keepPort};
}

interface Kept extends Identity {
  readonly tls: ServerCertificate;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
}

function read(path: string): Kept | undefined {
  if (!existsSync(path)) return undefined;
  const saved: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const issuedAt = numberAt(saved, 'issuedAt') ?? 0;
  const token = stringAt(saved, 'token');
  const [authority, certificate, key] = ['authority', 'certificate', 'key'].map(field =>
    stringAt(saved, 'tls', field),
  );
  const isWhole = token && authority && certificate && key;
  if (!isWhole || Date.now() - issuedAt > renewedAfterMilliseconds) return undefined;
  const port = numberAt(saved, 'port');
  const tls = {authority, certificate, key};
  return {token, tls, issuedAt, ...(port === undefined ? {} : {port})};
}

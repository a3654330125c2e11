import type {KeyObject} from 'node:crypto';
import {createHash, generateKeyPairSync, randomBytes, sign} from 'node:crypto';
import {
  bits,
  identifier,
  implicit,
  integer,
  octets,
  sequence,
  setOf,
  tagged,
  text,
  time,
  truth,
} from './der.ts';

export interface ServerCertificate {
  /** The CA certificate to trust (PEM). */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'));
const hour = 3_600_000;

/** Issues a certificate for loopback from a new CA. */
export function issueServerCertificate(validDays = 1): ServerCertificate {
  const valid = {from: Date.now() - hour, until: Date.now() + validDays * 24 * hour};
  const authority = keyPair();
  const server = keyPair();
  const authorityName = nameOf('gc-dev-cluster-ca');
  const root = certificate(authority, authority, {
    issuer: authorityName,
    subject: authorityName,
    valid,
    extensions: [
      extension('2.5.29.19', sequence(truth()), true),
      extension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1), true),
    ],
  });
  const leaf = certificate(server, authority, {
    issuer: authorityName,
    subject: nameOf('gc-dev-cluster'),
    valid,
    extensions: [
      extension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7), true),
      extension('2.5.29.37', sequence(identifier('1.3.6.1.5.5.7.3.1')), false),
      extension(
        '2.5.29.17',
        sequence(
          implicit(2, Buffer.from('localhost')),
          implicit(7, Buffer.from([127, 0, 0, 1])),
          implicit(7, Buffer.from([...Buffer.alloc(15), 1])),
        ),
        false,
      ),
    ],
  });
  return {
    authority: pem(root),
    certificate: pem(leaf),
    key: server.privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
  };
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function keyPair(): KeyPair {
  return generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
}

interface CertificateFields {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Milliseconds since 1970; `from` is an hour in the past, in case the clock jumps. */
  readonly valid: {readonly from: number; readonly until: number};
  readonly extensions: readonly Buffer[];
}

function certificate(
  owner: KeyPair,
  signer: KeyPair,
  {issuer, subject, valid, extensions}: CertificateFields,
): Buffer {
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const toSign = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    issuer,
    sequence(time(new Date(valid.from)), time(new Date(valid.until))),
    subject,
    owner.publicKey.export({type: 'spki', format: 'der'}),
    tagged(
      3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octets(keyId(owner)), false),
        extension('2.5.29.35', sequence(implicit(0, keyId(signer))), false),
      ),
    ),
  );
  return sequence(toSign, ecdsaWithSha256, bits(sign('sha256', toSign, signer.privateKey)));
}

function keyId({publicKey}: KeyPair): Buffer {
  return createHash('sha1')
    .update(publicKey.export({type: 'spki', format: 'der'}))
    .digest();
}

function extension(id: string, content: Buffer, critical: boolean): Buffer {
  return sequence(identifier(id), ...(critical ? [truth()] : []), octets(content));
}

function nameOf(commonName: string): Buffer {
  return sequence(setOf(sequence(identifier('2.5.4.3'), text(commonName))));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

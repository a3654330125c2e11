import {execFileSync} from 'node:child_process';
import {chmodSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs';
import type {Socket} from 'node:net';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {issueServerCertificate} from '../../dev-cluster/tls/certificates.ts';
import {PrivateCache} from '../../src/kube/private-cache.ts';
import {keptSession} from '../../src/kube/tls-session.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';
import {connectionTo, failure} from './kit.ts';
import {at, connectionsOf, tlsServer, user} from './tls-kit.ts';

describe('a TLS session', () => {
  it('of one call makes the next handshake a short one, of many calls too', async () => {
    const api = await tlsServer();
    const {call} = user();
    await call(api);
    await call(api);
    await Promise.all([call(api), call(api)]);
    expect(api.handshakes).toEqual(['whole', 'resumed', 'resumed', 'resumed']);
  });

  it('is kept where nobody else can read it, once, and not written again by those who use it', async () => {
    const api = await tlsServer();
    const {call, directory, files, file} = user();
    await call(api);
    const kept = readFileSync(file());
    await call(api);
    expect(files()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(readFileSync(file())).toEqual(kept);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('is another one for another name, client or server', async () => {
    const api = await tlsServer();
    const {call} = user();
    await call(api);
    await call(api, {tlsServerName: 'localhost'});
    await call(api, {server: new URL(`https://localhost:${api.port}`)});
    const {certificate, key} = issueServerCertificate();
    const credentials = {
      current: () => Promise.resolve({clientCertificate: {certificate, key}}),
      renew: () => false,
    };
    await call(api, {credentials});
    const other = await tlsServer();
    await call(other);
    expect(api.handshakes).toEqual(['whole', 'whole', 'whole', 'whole']);
    expect(other.handshakes).toEqual(['whole']);
  });

  it('does not make up for a certificate authority that did not sign, or a name that is not its', async () => {
    const api = await tlsServer();
    const {call} = user();
    await call(api);
    const {authority} = issueServerCertificate();
    expect((await failure(call(api, {ca: authority}))).message).toContain('its certificate');
    const named = failure(call(api, {tlsServerName: 'api.city'}));
    expect((await named).message).toContain('tls-server-name');
    // Neither did the refused ones leave anything to go on with.
    expect((await failure(call(api, {ca: authority}))).message).toContain('its certificate');
  });

  it('is kept of no server whose certificate was not looked at', async () => {
    const api = await tlsServer();
    const {call, files} = user();
    await call(api, {insecureSkipTlsVerify: true});
    await call(api, {insecureSkipTlsVerify: true});
    expect(api.handshakes).toEqual(['whole', 'whole']);
    expect(files).toThrow('ENOENT');
  });

  it('of TLS 1.2 serves as well', async () => {
    const api = await tlsServer({maxVersion: 'TLSv1.2'});
    const {call} = user();
    await call(api);
    await call(api);
    expect(api.handshakes).toEqual(['whole', 'resumed']);
  });

  it('that the server no longer knows is replaced by one it knows, over another connection', async () => {
    const api = await tlsServer();
    const {call} = user();
    await call(api);
    api.tls.setTicketKeys(Buffer.alloc(48, 7));
    expect(await connectionsOf(api, () => call(api))).toBe(2);
    expect(await connectionsOf(api, () => call(api))).toBe(1);
    expect(api.handshakes).toEqual(['whole', 'whole', 'resumed']);
  });

  it('is offered beside a full handshake for five minutes once the server did not know two of them', async () => {
    const api = await tlsServer();
    const {call} = user();
    const callAfterLoss = (seed: number) => {
      api.tls.setTicketKeys(Buffer.alloc(48, seed));
      return connectionsOf(api, () => call(api));
    };
    await call(api);
    // As after a restart, and then as behind a load balancer.
    expect(await callAfterLoss(1)).toBe(2);
    expect(await callAfterLoss(2)).toBe(2);
    expect(await callAfterLoss(3)).toBe(1);
    expect(await callAfterLoss(4)).toBe(1);
    at(Date.now() + 301 * 1000);
    expect(await callAfterLoss(5)).toBe(2);
  });

  it('that the server does not know is tried once in a call, also where it cannot be replaced', async () => {
    const api = await tlsServer();
    const {cache, call} = user();
    await call(api);
    api.tls.setTicketKeys(Buffer.alloc(48, 7));
    const readOnly = cache();
    readOnly.write = () => undefined;
    expect(await connectionsOf(api, () => call(api, {tlsSessions: readOnly}))).toBe(2);
  });

  it('that is spoilt, or that others could have written or read, is as if it were not there', async () => {
    const api = await tlsServer();
    const {call, file} = user();
    await call(api);
    writeFileSync(file(), 'nonsense');
    await call(api);
    chmodSync(file(), 0o640);
    await call(api);
    await call(api);
    expect(api.handshakes).toEqual(['whole', 'whole', 'whole', 'resumed']);
  });

  it('with which no handshake came about is not offered again, nor another kept, for an hour', async () => {
    const api = await tlsServer();
    const {call} = user();
    await call(api);
    let offered = 0;
    // As something on the way may do that does not bear the longer hello.
    api.tls.prependListener('connection', (socket: Socket) => {
      if (offered++ === 0) socket.destroy();
    });
    await call(api);
    await call(api);
    expect(offered).toBe(3);
    expect(api.handshakes).toEqual(['whole', 'whole', 'whole']);
    at(Date.now() + 3601 * 1000);
    await call(api);
    await call(api);
    expect(api.handshakes.slice(3)).toEqual(['whole', 'resumed']);
  });

  it('over which a 401 came is not offered again: the next try is a whole handshake', async () => {
    const api = await tlsServer({}, handshake => (handshake === 'resumed' ? 401 : 200));
    const {call} = user();
    await call(api);
    await call(api);
    await call(api);
    expect(api.handshakes).toEqual(['whole', 'resumed', 'whole', 'whole']);
  });

  it('ends with the certificate that it was begun with', async () => {
    const api = await tlsServer({}, () => 200, 0.001);
    const {call} = user();
    await call(api);
    at(Date.now() + 100 * 1000);
    await call(api);
    expect(api.handshakes).toEqual(['whole', 'whole']);
  });

  it('is not kept for a kubeconfig without an authority: what Node trusts is no part of its name', () => {
    const tlsSessions = new PrivateCache(temporaryDirectory(), 'tls');
    const to = (ca?: string) => connectionTo('https://city:6443', {ca, tlsSessions});
    expect(keptSession(to('an authority'), {})).toBeDefined();
    expect(keptSession(to(), {})).toBeUndefined();
  });

  it('is not waited for where somebody put a FIFO in its place', async () => {
    const api = await tlsServer();
    const {call, file} = user();
    await call(api);
    const path = file();
    rmSync(path);
    execFileSync('mkfifo', ['-m', '600', path]);
    await call(api);
    expect(api.handshakes).toEqual(['whole', 'whole']);
  });

  it('that cannot be kept is a warning, and the call does its work', async () => {
    const api = await tlsServer();
    const {call, directory, warnings} = user();
    writeFileSync(join(directory, '..', '..', 'gc-k8s'), 'a file, no directory');
    await call(api);
    expect(warnings.join()).toContain('cannot be written');
  });

  it('of a week ago goes when another is written', async () => {
    const first = await tlsServer();
    const {call, file, files} = user();
    await call(first);
    const weekAgo = Date.now() / 1000 - 8 * 24 * 3600;
    utimesSync(file(), weekAgo, weekAgo);
    await call(await tlsServer());
    expect(files()).toHaveLength(1);
  });
});

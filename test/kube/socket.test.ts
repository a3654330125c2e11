import {once} from 'node:events';
import {createServer as createTlsServer} from 'node:tls';
import {connect as connectTcp, type AddressInfo} from 'node:net';
import {describe, expect, it, onTestFinished} from 'vitest';
import {issueServerCertificate} from '../../dev-cluster/tls/certificates.ts';
import type {Connection} from '../../src/kube/connection.ts';
import {devCluster} from '../dev-cluster/kit.ts';
import {clusterAt, connectionOf, connectionTo, failure} from './kit.ts';
import {answer, onRequest, tcpServer} from './wire.ts';

/** A TLS server whose certificate is for localhost, 127.0.0.1 and ::1; tells the name it was asked for. */
async function tlsServer() {
  const {authority, certificate, key} = issueServerCertificate();
  const names: (string | false | null)[] = [];
  const server = createTlsServer({key, cert: certificate}, socket => {
    names.push(socket.servername);
    socket.on('error', () => socket.destroy());
    onRequest(socket, () => socket.write(answer(200, {metadata: {name: 'mayor'}})));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const {port} = server.address() as AddressInfo;
  return {authority, port, names};
}

async function podOver(server: string, more: Partial<Connection>, budgetMs = 2_000) {
  return clusterAt(connectionTo(server, more), {budgetMs}).pods.get('mayor');
}

describe('the connection to the server', () => {
  it('is checked against its name or address', async () => {
    const {authority: ca, port, names} = await tlsServer();
    for (const host of ['127.0.0.1', 'localhost']) await podOver(`https://${host}:${port}`, {ca});
    expect(names).toEqual([false, 'localhost']);
  });

  it.each(['localhost', '127.0.0.1', '::1'])(
    'is checked against tls-server-name %s in its place',
    async tlsServerName => {
      const {authority: ca, port} = await tlsServer();
      await podOver(`https://127.0.0.1:${port}`, {ca, tlsServerName});
    },
  );

  it.each(['api.city', '10.0.0.1'])('is refused when tls-server-name %s is not its', async name => {
    const {authority: ca, port} = await tlsServer();
    const error = await failure(podOver(`https://127.0.0.1:${port}`, {ca, tlsServerName: name}));
    expect(error.message).toContain('tls-server-name');
    expect(error.message).not.toContain('tried');
  });

  it('is refused with a word on certificate-authority when another authority signed, at once', async () => {
    const dev = await devCluster();
    const {authority: ca} = issueServerCertificate();
    for (const wrong of [{ca}, {ca: undefined}]) {
      const error = await failure(clusterAt(connectionOf(dev, wrong)).pods.get('mayor'));
      expect(error.failure).toBe('unreachable');
      expect(error.message).toContain('its certificate is not the one this kubeconfig trusts');
      expect(error.message).not.toContain('tried');
    }
    expect(dev.requests).toHaveLength(0);
    const trusting = clusterAt(connectionOf(dev, {ca: undefined, insecureSkipTlsVerify: true}));
    expect((await failure(trusting.pods.get('mayor'))).failure).toBe('notFound');
  });

  it('may be plain http, as behind kubectl proxy', async () => {
    const dev = await devCluster({http: true});
    const error = await failure(clusterAt(connectionOf(dev)).pods.get('mayor'));
    expect(error.failure).toBe('notFound');
  });

  it('through a proxy is checked against the server, not against the proxy', async () => {
    const {authority: ca, port, names} = await tlsServer();
    const proxy = await tcpServer(socket => {
      socket.once('data', () => {
        const onward = connectTcp({host: '127.0.0.1', port});
        onward.on('error', () => socket.destroy());
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
    });
    await podOver(`https://127.0.0.1:${port}`, {ca, proxy: new URL(proxy.url)});
    await podOver(`https://localhost:${port}`, {ca, proxy: new URL(proxy.url)});
    expect(names).toEqual([false, 'localhost']);
    const wrong = podOver(`https://10.0.0.1:${port}`, {ca, proxy: new URL(proxy.url)});
    expect((await failure(wrong)).message).toContain('10.0.0.1');
  });

  it.each(['http', 'https'])(
    'over %s that is never answered ends with the deadline',
    async scheme => {
      const server = await tcpServer(() => undefined);
      const url = `${scheme}://127.0.0.1:${server.port}`;
      const error = await failure(podOver(url, {}, 400));
      expect(error.message).toContain(`no answer from ${url} (context test)`);
    },
  );

  it('closed by the server before it was set up is tried again', async () => {
    const server = await tcpServer((socket, count) => {
      if (count < 3) socket.end();
      else onRequest(socket, () => socket.write(answer(200, {metadata: {name: 'mayor'}})));
    });
    expect((await podOver(server.url, {})).metadata.name).toBe('mayor');
    expect(server.connections()).toBe(3);
  });
});

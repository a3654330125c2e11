import {once} from 'node:events';
import {readdirSync} from 'node:fs';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {createServer, type TlsOptions} from 'node:tls';
import {onTestFinished, vi} from 'vitest';
import {issueServerCertificate} from '../../dev-cluster/tls/certificates.ts';
import type {Connection} from '../../src/kube/connection.ts';
import {PrivateCache} from '../../src/kube/private-cache.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';
import {clusterAt, connectionTo} from './kit.ts';
import {answer, onRequest} from './wire.ts';

type Handshake = 'whole' | 'resumed';

/** A server with a certificate for localhost and 127.0.0.1 that tells how each handshake was. */
export async function tlsServer(
  options: TlsOptions = {},
  statusOver: (handshake: Handshake) => number = () => 200,
  validDays = 1,
) {
  const {authority, certificate, key} = issueServerCertificate(validDays);
  const handshakes: Handshake[] = [];
  const tls = createServer({key, cert: certificate, ...options}, socket => {
    const handshake = socket.isSessionReused() ? 'resumed' : 'whole';
    handshakes.push(handshake);
    socket.on('error', () => socket.destroy());
    onRequest(socket, () =>
      socket.write(answer(statusOver(handshake), {metadata: {name: 'mayor'}})),
    );
  });
  tls.on('tlsClientError', () => undefined);
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  onTestFinished(() => void tls.close());
  const {port} = tls.address() as AddressInfo;
  return {authority, port, handshakes, tls};
}

export type TlsServer = Awaited<ReturnType<typeof tlsServer>>;

/** How many connections a call makes. */
export async function connectionsOf(
  {tls}: TlsServer,
  call: () => Promise<unknown>,
): Promise<number> {
  let connections = 0;
  const count = () => connections++;
  tls.on('connection', count);
  await call();
  tls.off('connection', count);
  return connections;
}

/** The clock as our side sees it; certificates are checked against the machine's. */
export function at(timeMs: number): void {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(timeMs);
  onTestFinished(() => clock.mockRestore());
}

/** Calls of one user, each as a process of its own would make it. */
export function user() {
  const root = temporaryDirectory();
  const directory = join(root, 'gc-k8s', 'tls');
  const warnings: string[] = [];
  const cache = () => new PrivateCache(root, 'tls', warning => warnings.push(warning));
  const call = ({port, authority}: TlsServer, more: Partial<Connection> = {}, budgetMs = 30_000) =>
    clusterAt(
      connectionTo(`https://127.0.0.1:${port}`, {ca: authority, tlsSessions: cache(), ...more}),
      {budgetMs},
    ).pods.get('mayor');
  const files = () => readdirSync(directory);
  const file = () => join(directory, files()[0] ?? 'nothing was kept');
  return {cache, call, directory, files, file, warnings};
}

import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {createServer, connect, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {kubeconfigText} from '../../dev-cluster/kubeconfig.ts';
import type {City} from './city.ts';

/** A way to the city that opens when it is told to; until then it drops or refuses connections. */
export async function gate(own: City) {
  const target = new URL(own.dev.url);
  let isOpen = false;
  let tried: () => void = () => undefined;
  const isTried = new Promise<void>(resolve => (tried = resolve));
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => socket.destroy()));
    if (!isOpen) {
      socket.resetAndDestroy();
      tried();
      return;
    }
    const onward = connect({host: '127.0.0.1', port: Number(target.port)});
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  const KUBECONFIG = join(own.home, 'gate');
  const {token, authority} = own.dev;
  const url = `https://127.0.0.1:${port}`;
  writeFileSync(KUBECONFIG, kubeconfigText({url, token, authority, namespace: 'default'}));
  return {settings: {KUBECONFIG}, isTried, open: () => void (isOpen = true)};
}

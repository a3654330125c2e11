import {readFileSync, writeFileSync} from 'node:fs';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {load} from 'js-yaml';
import type {Playground} from './playground.ts';

/** A way to the API server that can be cut. */
export interface Forwarder {
  /** Path of a kubeconfig that leads through it. */
  readonly kubeconfig: string;
  /** Breaks every connection; new ones are let through again. */
  readonly cut: () => void;
  /** From now on no connection comes about, until it is opened again. */
  readonly block: (isBlocked: boolean) => void;
  readonly close: () => Promise<void>;
}

interface Kubeconfig {
  clusters: {cluster: Record<string, unknown>}[];
}

export async function openForwarder({target, directory}: Playground): Promise<Forwarder> {
  const open = new Set<Socket>();
  let isBlocked = false;
  const server = createServer(inward => {
    const outward = connect(Number(target.server.port || 443), target.server.hostname);
    for (const socket of [inward, outward]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    if (isBlocked) inward.destroy();
    inward.pipe(outward).on('close', () => inward.destroy());
    outward.pipe(inward).on('close', () => outward.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  const kubeconfig = join(directory, `through-${port}.yaml`);
  const config = load(readFileSync(process.env.KUBECONFIG ?? '', 'utf8')) as Kubeconfig;
  for (const {cluster} of config.clusters) {
    cluster.server = `https://127.0.0.1:${port}`;
    cluster['tls-server-name'] = target.server.hostname;
  }
  writeFileSync(kubeconfig, JSON.stringify(config), {mode: 0o600});
  const cut = () => open.forEach(socket => socket.destroy());
  return {
    kubeconfig,
    cut,
    block: on => {
      isBlocked = on;
      if (on) cut();
    },
    close: () => {
      cut();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

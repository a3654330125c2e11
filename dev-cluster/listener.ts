import type {IncomingMessage} from 'node:http';
import {ServerResponse, createServer as createHttpServer} from 'node:http';
import {createServer as createHttpsServer} from 'node:https';
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import type {ApiServer} from './api/server.ts';
import type {ServerCertificate} from './tls/certificates.ts';

/**
 * The API server's value (k8s.io/apiserver, secure_serving.go: IdleTimeout). With Node's 5 s, clients reuse
 * connections that are about to close, and lose requests.
 */
const IDLE_MS = 90_000;

export interface Listener {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves on loopback, over plain HTTP without a certificate. Port 0 picks a free one; raises EADDRINUSE
 * for a port that is taken.
 */
export async function listen(
  api: ApiServer,
  tls: ServerCertificate | undefined,
  wantedPort: number,
): Promise<Listener> {
  const server =
    tls === undefined
      ? createHttpServer()
      : createHttpsServer({key: tls.key, cert: tls.certificate});
  server.keepAliveTimeout = IDLE_MS;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void api.handle(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until it is upgraded, it can be answered like any request.
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.on('finish', () => socket.end());
    void api.handle(request, response, {
      request,
      socket,
      head,
      detach: () => response.detachSocket(request.socket),
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

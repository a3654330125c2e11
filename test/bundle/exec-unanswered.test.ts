import {once} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {expect, it, onTestFinished, vi} from 'vitest';
import {city, exchanges, type City} from './city.ts';
import {summary} from './program.ts';

/** A way to the city, in plain HTTP, on which the first answer to an exec is lost once the command has run. */
async function withoutFirstAnswer(own: City): Promise<string> {
  const {port} = new URL(own.dev.url);
  const sockets = new Set<Socket>();
  let isLost = false;
  const server = createServer(socket => {
    const onward = connect({host: '127.0.0.1', port: Number(port)});
    for (const each of [socket, onward]) sockets.add(each.on('error', () => each.destroy()));
    socket.pipe(onward);
    onward.on('data', (piece: Buffer) => {
      if (isLost || !piece.toString().startsWith('HTTP/1.1 101')) return void socket.write(piece);
      isLost = true;
      onward.pause();
      return void vi.waitUntil(() => own.pod.ran.length > 0, 30_000).then(() => socket.destroy());
    });
    onward.on('close', () => socket.end());
    socket.on('close', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const each of sockets) each.destroy();
    server.close();
  });
  const KUBECONFIG = join(own.home, 'lossy');
  const way = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    KUBECONFIG,
    readFileSync(own.env.KUBECONFIG ?? '', 'utf8').replace(/127.0.0.1:\d+/, way),
  );
  return KUBECONFIG;
}

it('presses no key twice when the answer to its exec is lost, although it ran', async () => {
  const own = await city({http: true});
  await own.session('mayor');
  const KUBECONFIG = await withoutFirstAnswer(own);
  const ended = await own.run('send-keys mayor Down Enter', {settings: {KUBECONFIG}});
  expect(summary(ended)).toBe('0 ');
  expect(exchanges(own)).toEqual(['get pods/exec', 'get pods/exec']);
  expect(own.pod.pressed).toEqual(['Down', 'Enter']);
});

import {once} from 'node:events';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {afterEach, describe, expect, it, onTestFinished, vi} from 'vitest';
import {openThroughProxy} from '../../src/kube/proxy-tunnel.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A proxy that answers what it is told to: for each message read, the next of `answers`. */
async function scriptedProxy(answers: readonly (string | Buffer)[]) {
  const heard: Buffer[] = [];
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', piece => {
      const answer = answers[heard.push(piece) - 1];
      if (answer === undefined) socket.end();
      else socket.write(answer);
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {server, heard, authority: `127.0.0.1:${(server.address() as AddressInfo).port}`};
}

const open = async (proxy: string, host = 'api.city', port = 6443) => {
  const socket = await openThroughProxy(new URL(proxy), host, port, new AbortController().signal);
  sockets.add(socket);
  return socket;
};

async function firstBytes(socket: Socket): Promise<string> {
  const [piece] = (await once(socket, 'data')) as [Buffer];
  return piece.toString();
}

describe('an HTTP proxy', () => {
  it('connects, and leaves what came behind the answer unread', async () => {
    const proxy = await scriptedProxy(['HTTP/1.1 200 OK\r\nVia: x\r\n\r\nhello']);
    const socket = await open(`http://${proxy.authority}`);
    expect(await firstBytes(socket)).toBe('hello');
    expect(String(proxy.heard[0])).toBe(
      'CONNECT api.city:6443 HTTP/1.1\r\nHost: api.city:6443\r\n\r\n',
    );
  });

  it('gets the user name and password of its URL, and IPv6 hosts in brackets', async () => {
    const proxy = await scriptedProxy(['HTTP/1.0 200\r\n\r\n']);
    await open(`http://ada:p%40ss@${proxy.authority}`, '[fd00::1]');
    expect(String(proxy.heard[0])).toContain('CONNECT [fd00::1]:6443 ');
    const basic = Buffer.from('ada:p@ss').toString('base64');
    expect(String(proxy.heard[0])).toContain(`\r\nProxy-Authorization: Basic ${basic}\r\n`);
  });

  it('that refuses is named with its status line, not its password', async () => {
    const proxy = await scriptedProxy(['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n']);
    const failure = open(`http://ada:secret@${proxy.authority}`);
    await expect(failure).rejects.toThrow(
      `proxy http://${proxy.authority} did not connect to api.city:6443: it answered HTTP/1.1 407 Proxy Authentication Required`,
    );
    await expect(failure).rejects.not.toThrow('secret');
  });

  it('that never answers is given up', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
    onTestFinished(() => void vi.useRealTimers());
    const proxy = await scriptedProxy(['']);
    const failure = open(`http://${proxy.authority}`).catch((error: unknown) => error);
    while (proxy.heard.length === 0) await new Promise<void>(resolve => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failure).toMatchObject({
      message: `proxy http://${proxy.authority} did not connect to api.city:6443: no answer within 10 s`,
    });
  });

  it('that hangs up is an error', async () => {
    const proxy = await scriptedProxy([]);
    await expect(open(`http://${proxy.authority}`)).rejects.toThrow('it closed the connection');
  });

  it('whose answer never ends is an error', async () => {
    const proxy = await scriptedProxy(['HTTP/1.1 200 OK\r\n' + 'x'.repeat(100_000)]);
    await expect(open(`http://${proxy.authority}`)).rejects.toThrow('has no end');
  });

  it('that is silent is left when the signal aborts, with its reason', async () => {
    const proxy = await scriptedProxy(['']);
    const controller = new AbortController();
    const reason = new Error('time is up');
    const opening = openThroughProxy(
      new URL(`http://${proxy.authority}`),
      'a',
      1,
      controller.signal,
    );
    const [connection] = (await once(proxy.server, 'connection')) as [Socket];
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
    await once(connection, 'close');
  });

  it('that does not listen is an error that names it', async () => {
    const proxy = await scriptedProxy([]);
    const closed = once(proxy.server, 'close');
    proxy.server.close();
    await closed;
    await expect(open(`http://${proxy.authority}`)).rejects.toThrow(/proxy http:.*ECONNREFUSED/);
  });

  it('over TLS is verified', async () => {
    const proxy = await scriptedProxy(['HTTP/1.1 200 OK\r\n\r\n']);
    await expect(open(`https://${proxy.authority}`)).rejects.toThrow(/did not connect/);
    // A TLS handshake record, not CONNECT in the clear.
    expect(proxy.heard[0]?.[0]).toBe(22);
  });
});

describe('a SOCKS5 proxy', () => {
  const CONNECTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

  it('connects by name, and leaves what came behind the answer unread', async () => {
    const answer = Buffer.concat([CONNECTED, Buffer.from('hello')]);
    const proxy = await scriptedProxy([Buffer.from([5, 0]), answer]);
    const socket = await open(`socks5://${proxy.authority}`);
    expect(await firstBytes(socket)).toBe('hello');
    expect(proxy.heard[0]).toEqual(Buffer.from([5, 1, 0]));
    expect(proxy.heard[1]).toEqual(
      Buffer.from([5, 1, 0, 3, 8, ...Buffer.from('api.city'), 0x19, 0x2b]),
    );
  });

  it.each([
    ['10.1.2.3', [1, 10, 1, 2, 3]],
    ['fd00::1', [4, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['::ffff:1.2.3.4', [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4]],
  ])('gets the address %s as bytes', async (host, address) => {
    const proxy = await scriptedProxy([Buffer.from([5, 0]), CONNECTED]);
    await open(`socks5://${proxy.authority}`, host, 1);
    expect(proxy.heard[1]).toEqual(Buffer.from([5, 1, 0, ...address, 0, 1]));
  });

  it('gets the user name and password of its URL', async () => {
    const named = Buffer.from([5, 0, 0, 3, 1, 97, 0, 1]);
    const proxy = await scriptedProxy([Buffer.from([5, 2]), Buffer.from([1, 0]), named]);
    await open(`socks5://ada:p%40s@${proxy.authority}`);
    expect(proxy.heard[0]).toEqual(Buffer.from([5, 2, 0, 2]));
    expect(proxy.heard[1]).toEqual(
      Buffer.from([1, 3, ...Buffer.from('ada'), 3, ...Buffer.from('p@s')]),
    );
  });

  it.each([
    [[Buffer.from([5, 0xff])], 'it wants a user name and password'],
    [[Buffer.from('HT')], 'does not speak SOCKS5'],
    [[Buffer.from([5, 0]), Buffer.from([5, 4])], 'host unreachable'],
  ])('that refuses is an error (%#)', async (answers, message) => {
    const proxy = await scriptedProxy(answers);
    await expect(open(`socks5://${proxy.authority}`)).rejects.toThrow(message);
  });

  it('that refuses the password is an error without it', async () => {
    const proxy = await scriptedProxy([Buffer.from([5, 2]), Buffer.from([1, 1])]);
    const failure = open(`socks5://ada:secret@${proxy.authority}`);
    await expect(failure).rejects.toThrow('it refused the user name');
    await expect(failure).rejects.not.toThrow('secret');
  });
});

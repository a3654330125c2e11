import {describe, expect, it} from 'vitest';
import {HttpConnection} from '../../src/kube/http-connection.ts';
import {read, Wire} from './wire.ts';

const GET = {method: 'GET', path: '/x?y=1', headers: {Accept: 'application/json'}};

/** A connection on which this arrives, in these pieces. */
function arriving(...pieces: readonly string[]) {
  const wire = new Wire();
  const connection = new HttpConnection(wire.socket);
  return {wire: wire.deliver(...pieces), connection};
}

async function exchanged(connection: HttpConnection, request: object = {}) {
  const head = await connection.send({...GET, ...request}, 'city:6443');
  return {status: head.status, headers: head.headers, body: await read(connection.body(head))};
}

const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n7\r\n, world\r\n0\r\nT: 1\r\n\r\n';
const COUNTED = 'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nhello, world';

describe('an HTTP connection', () => {
  it('writes the request with its length in bytes', async () => {
    const {wire, connection} = arriving(COUNTED);
    await exchanged(connection, {method: 'POST', body: 'é'});
    expect(wire.sent.toString()).toBe(
      'POST /x?y=1 HTTP/1.1\r\nHost: city:6443\r\nAccept: application/json\r\nContent-Length: 2\r\n\r\né',
    );
  });

  it.each([
    ['chunked', CHUNKED],
    ['counted', COUNTED],
  ])('reads a %s answer however it is split, and serves again', async (_, text) => {
    for (let at = 1; at < text.length; at++) {
      const {connection} = arriving(text.slice(0, at), text.slice(at));
      expect((await exchanged(connection)).body, `split at ${at}`).toBe('hello, world');
      expect(connection.isReusable).toBe(true);
    }
    expect((await exchanged(arriving(...Array.from(text)).connection)).body).toBe('hello, world');
  });

  it('reads answers one after the other, also when they arrive in one piece', async () => {
    const {connection} = arriving(COUNTED + CHUNKED + COUNTED.replaceAll('hello', 'HELLO'));
    const bodies = [];
    for (let count = 0; count < 3; count++) bodies.push((await exchanged(connection)).body);
    expect(bodies).toEqual(['hello, world', 'hello, world', 'HELLO, world']);
  });

  it('skips 1xx answers, but takes 101 for one', async () => {
    const early = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
    expect((await exchanged(arriving(early + COUNTED).connection)).status).toBe(200);
    const {connection} = arriving(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u0001',
    );
    const head = await connection.send(GET, 'city');
    expect([head.status, head.headers.get('upgrade')]).toEqual([101, 'websocket']);
    expect(await connection.reader.exactly(1)).toEqual(Buffer.from([1]));
  });

  it('reads until the close what has no length, and is not used again', async () => {
    const {wire, connection} = arriving('HTTP/1.0 200 OK\r\n\r\nhel', 'lo');
    wire.finish();
    expect((await exchanged(connection)).body).toBe('hello');
    expect(connection.isReusable).toBe(false);
  });

  it.each(['204 No Content', '304 Not Modified'])('expects no body after %s', async status => {
    const {connection} = arriving(`HTTP/1.1 ${status}\r\n\r\n`);
    expect((await exchanged(connection)).body).toBe('');
    expect(connection.isReusable).toBe(true);
  });

  it('is not used again when the server says so, or while a body is unread', async () => {
    const {connection} = arriving(COUNTED.replace('\r\n\r\n', '\r\nConnection: Close\r\n\r\n'));
    await exchanged(connection);
    expect(connection.isReusable).toBe(false);
    const unread = arriving(COUNTED).connection;
    await unread.send(GET, 'city');
    expect(unread.isReusable).toBe(false);
  });

  it.each([
    ['a counted body', COUNTED.slice(0, -1)],
    ['a chunk', CHUNKED.slice(0, CHUNKED.indexOf(' world'))],
    ['the line after a chunk', CHUNKED.slice(0, CHUNKED.indexOf('7\r\n,'))],
    ['the head', COUNTED.slice(0, 25)],
    ['the head, after a line', COUNTED.slice(0, 17)],
    ['the status line', COUNTED.slice(0, 5)],
    ['nothing at all', ''],
  ])('closed in the middle of %s is an error', async (_, text) => {
    const {wire, connection} = arriving(text);
    wire.finish();
    await expect(exchanged(connection)).rejects.toThrow(/closed/);
    expect(connection.isReusable).toBe(false);
  });

  it('reset is the error that the socket had', async () => {
    const {wire, connection} = arriving(COUNTED.slice(0, -1));
    await wire.delivered;
    wire.destroy(new Error('read ECONNRESET'));
    await expect(exchanged(connection)).rejects.toThrow('ECONNRESET');
  });

  it.each(['SSH-2.0-OpenSSH_9.6\r\n', 'HTTP/2 200\r\n\r\n', '<html>\r\n'])(
    'refuses what is no HTTP/1 answer: %j',
    async text => {
      await expect(exchanged(arriving(text).connection)).rejects.toThrow(
        `not an HTTP answer: ${JSON.stringify(text.split('\r\n', 1)[0])}`,
      );
    },
  );
});

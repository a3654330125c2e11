import {describe, expect, it} from 'vitest';
import {HttpConnection} from '../../src/kube/http-connection.ts';
import {handshakeKey, WebSocketClient} from '../../src/kube/websocket.ts';
import {Wire} from './wire.ts';

const BINARY = 0x82;
const CLOSE = Buffer.from([0x88, 0]);

function opened(...pieces: readonly Buffer[]) {
  const wire = new Wire();
  const client = new WebSocketClient(new HttpConnection(wire.socket));
  return {wire: wire.deliver(...pieces), client};
}

/** A server's frame: not masked. */
function frame(first: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const {length} = bytes;
  const head =
    length < 126
      ? Buffer.from([first, length])
      : length < 65_536
        ? Buffer.from([first, 126, length >> 8, length & 0xff])
        : Buffer.from([
            first,
            127,
            0,
            0,
            0,
            0,
            0,
            length >> 16,
            (length >> 8) & 0xff,
            length & 0xff,
          ]);
  return Buffer.concat([head, bytes]);
}

/** What a server reads of a client's frames (RFC 6455, section 5.3). */
function unmasked(sent: Buffer): {first: number; isMasked: boolean; payload: Buffer}[] {
  const frames = [];
  for (let at = 0; at < sent.length;) {
    const first = sent.readUInt8(at);
    const second = sent.readUInt8(at + 1);
    let length = second & 0x7f;
    let start = at + 2;
    if (length === 126) [length, start] = [sent.readUInt16BE(start), start + 2];
    else if (length === 127) [length, start] = [Number(sent.readBigUInt64BE(start)), start + 8];
    const mask = sent.subarray(start, start + 4);
    start += 4;
    const payload = sent
      .subarray(start, start + length)
      .map((byte, n) => byte ^ (mask[n % 4] ?? 0));
    frames.push({first, isMasked: (second & 0x80) !== 0, payload: Buffer.from(payload)});
    at = start + length;
  }
  return frames;
}

const bytes = (length: number) => Buffer.from(Array.from({length}, (_, at) => (at * 7 + 1) % 256));

async function messages(client: WebSocketClient): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const message of client.messages()) all.push(message);
  return all;
}

describe('a WebSocket', () => {
  it('answers its key as RFC 6455 says', () => {
    const {key, accept} = handshakeKey();
    expect(Buffer.from(key, 'base64')).toHaveLength(16);
    expect(accept).toMatch(/^[A-Za-z0-9+/]{27}=$/);
    expect(handshakeKey().key).not.toBe(key);
  });

  it.each([0, 1, 125, 126, 65_535, 65_536])('reads a frame of %i bytes', async length => {
    const {client} = opened(frame(BINARY, bytes(length)), CLOSE);
    const [message, ...more] = await messages(client);
    expect([message?.equals(bytes(length)), more]).toEqual([true, []]);
  });

  it('reads frames that arrive byte by byte, or all at once', async () => {
    const stream = Buffer.concat([frame(BINARY, 'one'), frame(BINARY, bytes(300)), CLOSE]);
    const single = [...stream].map(byte => Buffer.from([byte]));
    for (const pieces of [[stream], single]) {
      expect(await messages(opened(...pieces).client)).toEqual([Buffer.from('one'), bytes(300)]);
    }
  });

  it('joins the fragments of a message, with a ping in between', async () => {
    const {wire, client} = opened(
      frame(0x02, 'a'),
      frame(0x89, 'are you there'),
      frame(0x00, 'b'),
      frame(0x80, 'c'),
      frame(0x81, 'text'),
      CLOSE,
    );
    expect((await messages(client)).map(String)).toEqual(['abc', 'text']);
    expect(unmasked(wire.sent)).toEqual([
      {first: 0x8a, isMasked: true, payload: Buffer.from('are you there')},
    ]);
  });

  it('takes a pong for a sign of life and nothing else', async () => {
    const {client} = opened(frame(0x8a, ''), frame(BINARY, 'x'), CLOSE);
    client.lastFrameAtMs = 0;
    expect((await messages(client)).map(String)).toEqual(['x']);
    expect(client.lastFrameAtMs).toBeGreaterThan(0);
  });

  it('refuses a masked frame, and one without bounds', async () => {
    const masked = frame(BINARY, 'x');
    masked.writeUInt8(0x81, 1);
    await expect(messages(opened(masked).client)).rejects.toThrow('masked');
    const endless = Buffer.from([BINARY, 127, 0, 0, 0, 1, 0, 0, 0, 0]);
    await expect(messages(opened(endless).client)).rejects.toThrow('frame of 4294967296 bytes');
  });

  it('cut off in the middle of a frame is an error, not an end', async () => {
    const {wire, client} = opened(frame(BINARY, 'hello').subarray(0, 4));
    wire.finish();
    await expect(messages(client)).rejects.toThrow('in the middle of a message');
    const atAnEdge = opened(frame(BINARY, 'hello'));
    atAnEdge.wire.finish();
    await expect(messages(atAnEdge.client)).rejects.toThrow('closed');
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 125, 126, 65_535, 65_536])(
    'masks a message of %i bytes',
    async length => {
      const {wire, client} = opened();
      await client.send(bytes(length));
      const [
        {first, isMasked, payload} = {first: 0, isMasked: false, payload: Buffer.alloc(0)},
        ...more
      ] = unmasked(wire.sent);
      expect([first, isMasked, payload.equals(bytes(length)), more]).toEqual([
        BINARY,
        true,
        true,
        [],
      ]);
    },
  );

  it('pings, and says goodbye with 1000', () => {
    const {wire, client} = opened();
    client.ping();
    client.close();
    client.ping();
    expect(unmasked(wire.sent).map(({first, payload}) => [first, [...payload]])).toEqual([
      [0x89, []],
      [0x88, [0x03, 0xe8]],
    ]);
  });

  it('lets go of whoever sends when the connection is gone', async () => {
    const {wire, client} = opened();
    wire.destroy();
    await client.send(bytes(10));
    expect(wire.sent).toHaveLength(0);
  });
});

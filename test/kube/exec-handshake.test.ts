import {createHash} from 'node:crypto';
import type {Socket} from 'node:net';
import {describe, expect, it} from 'vitest';
import {clusterAt, connectionTo, failure} from './kit.ts';
import {answer, onRequest, tcpServer} from './wire.ts';

const EXEC = {pod: 'mayor', container: 'agent', command: ['true']};

async function execAgainst(serve: (socket: Socket, head: string) => void, request = {}) {
  const server = await tcpServer(socket => onRequest(socket, head => serve(socket, head)));
  const cluster = clusterAt(connectionTo(server.url), {budgetMs: 1_000});
  return cluster.exec({...EXEC, ...request});
}

function upgraded(head: string, {accept = '', protocol = 'v5.channel.k8s.io'} = {}): string {
  const key = /Sec-WebSocket-Key: (\S+)/.exec(head)?.[1] ?? '';
  const right = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    `Sec-WebSocket-Accept: ${accept || right.digest('base64')}`,
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
    '\r\n',
  ].join('\r\n');
}

function frame(channel: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([0x82, text.length + 1, channel]), Buffer.from(text)]);
}

describe('the handshake of an exec', () => {
  it('loses no frame that comes in one piece with its answer', async () => {
    const {exitCode, stdout} = await execAgainst((socket, head) => {
      const frames = [frame(1, ''), frame(1, 'hi'), frame(3, '{"status":"Success"}')];
      socket.write(Buffer.concat([Buffer.from(upgraded(head)), ...frames]));
    });
    expect([exitCode, String(stdout)]).toEqual([0, 'hi']);
  });

  it.each([
    ['v4', 'v4.channel.k8s.io'],
    ['no subprotocol', ''],
  ])('with %s in the answer asks for Kubernetes 1.30', async (_, protocol) => {
    const error = await failure(
      execAgainst((socket, head) => socket.write(upgraded(head, {protocol}))),
    );
    expect(error.message).toContain('does not speak v5.channel.k8s.io');
    expect(error.message).toContain('Kubernetes 1.30');
  });

  it('answered 200 by a proxy that knows no WebSockets says so', async () => {
    const error = await failure(execAgainst(socket => socket.write(answer(200, 'hello'))));
    expect(error.message).toContain('a proxy before it must pass WebSockets through');
  });

  it.each([
    '',
    'requested protocol(s) are not supported: [v5.channel.k8s.io]; supports [v4.channel.k8s.io]',
  ])('refused by a server before 1.30 asks for 1.30: %j', async words => {
    const error = await failure(execAgainst(socket => socket.write(answer(403, words))));
    expect(error.message).toContain('Kubernetes 1.30');
  });

  it('with the wrong key in its answer is refused', async () => {
    const error = await failure(
      execAgainst((socket, head) => socket.write(upgraded(head, {accept: 'x'}))),
    );
    expect(error.message).toContain('answered by something else');
  });

  it('of an answer that is no Status is no end', async () => {
    const error = await failure(
      execAgainst((socket, head) => {
        socket.write(Buffer.concat([Buffer.from(upgraded(head)), frame(3, 'not JSON')]));
      }),
    );
    expect(error.name).toBe('PodExecError');
  });

  it('sends stdin in frames of at most 32 KiB and their channel', async () => {
    const lengths: number[] = [];
    await execAgainst(
      (socket, head) => {
        socket.write(upgraded(head));
        let heard = Buffer.alloc(0);
        socket.removeAllListeners('data').on('data', (piece: Buffer) => {
          heard = Buffer.concat([heard, piece]);
          while (heard.length >= 8) {
            const short = heard.readUInt8(1) & 0x7f;
            const length = short === 126 ? heard.readUInt16BE(2) : short;
            const whole = length + (short === 126 ? 8 : 6);
            if (short === 127 || heard.length < whole) break;
            lengths.push(length);
            heard = heard.subarray(whole);
            if (length === 2) socket.write(frame(3, '{"status":"Success"}'));
          }
        });
      },
      {stdin: Buffer.alloc(100_000)},
    );
    expect(lengths.slice(0, 5)).toEqual([32_769, 32_769, 32_769, 1_697, 2]);
  });
});

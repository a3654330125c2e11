import {describe, expect, it} from 'vitest';
import {SocketReader} from '../../src/kube/socket-reader.ts';
import {Wire} from './wire.ts';

function reading(...pieces: readonly (string | Buffer)[]) {
  const wire = new Wire();
  const reader = new SocketReader(wire.socket);
  return {wire: wire.deliver(...pieces), reader};
}

describe('a socket reader', () => {
  it('gives lines, exact lengths and what is there, over the edges of pieces', async () => {
    const {reader} = reading('on', 'e\r', '\ntwo\nab', 'cd', 'efgh', 'rest');
    expect(await reader.line()).toBe('one');
    expect(await reader.line()).toBe('two');
    expect(String(await reader.exactly(3))).toBe('abc');
    expect(String(await reader.some(100))).toBe('d');
    expect(String(await reader.some(2))).toBe('ef');
    expect(String(await reader.exactly(6))).toBe('ghrest');
  });

  it('waits for what has not arrived yet', async () => {
    const {wire, reader} = reading();
    const line = reader.line();
    wire.deliver('a');
    wire.deliver('b\n');
    expect(await line).toBe('ab');
    const bytes = reader.exactly(2);
    wire.deliver('c', 'd');
    expect(String(await bytes)).toBe('cd');
    const some = reader.some(9);
    wire.deliver('e');
    expect(String(await some)).toBe('e');
  });

  it('gives what arrived before the end, then tells the end', async () => {
    const {wire, reader} = reading('ab');
    wire.finish();
    expect(String(await reader.some(9))).toBe('ab');
    expect(await reader.some(9)).toBeUndefined();
    expect(await reader.line()).toBeUndefined();
    await expect(reader.exactly(1)).rejects.toThrow('in the middle of a message');
  });

  it('raises for half a line and for half a message', async () => {
    const {wire, reader} = reading('ab');
    wire.finish();
    await expect(reader.line()).rejects.toThrow('in the middle of a line');
    await expect(reader.exactly(3)).rejects.toThrow('in the middle of a message');
  });

  it('gives what arrived before a failure, then raises it, now and later', async () => {
    const {wire, reader} = reading('ab');
    await wire.delivered;
    const reason = new Error('time is up');
    reader.fail(reason);
    wire.destroy();
    expect(String(await reader.exactly(2))).toBe('ab');
    await expect(reader.some(1)).rejects.toBe(reason);
    await expect(reader.line()).rejects.toBe(reason);
  });

  it('raises a failure to whoever waits', async () => {
    const {reader} = reading();
    const waiting = reader.some(1);
    const reason = new Error('time is up');
    reader.fail(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('refuses a line without an end', async () => {
    const {reader} = reading(Buffer.alloc(70_000, 'x'));
    await expect(reader.line()).rejects.toThrow('endless header line');
  });
});

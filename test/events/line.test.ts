import {expect, test} from 'vitest';
import {toLine} from '../../src/events/line.ts';

const HEAD = '"seq":7,"type":"t","ts":"2026-11-21T06:00:00Z","actor":"a"';
const LIMIT = 64 * 1024;

test('a line that fits stays as it is', () => {
  const text = `{${HEAD},"payload":"${'x'.repeat(60_000)}"}`;
  expect(toLine(text)).toBe(text);
});

test('a long payload is replaced, and the line says so', () => {
  const line = toLine(`{${HEAD},"payload":{"a":"${'x'.repeat(200_000)}"},"message":"m"}`);
  expect(line).toBe(
    `{${HEAD},"payload":{"truncated":true,"bytes":200008},"message":"m","truncated":["payload"]}`,
  );
});

test.each([
  ['message', `{${HEAD},"message":"${'😀'.repeat(50_000)}"}`],
  ['x', `{${HEAD},"x":[${'1,'.repeat(50_000)}1]}`],
  ['*', `{${HEAD},${Array.from({length: 9000}, (_, n) => `"field${n}":1`).join(',')}}`],
  ['type', `{"seq":7,"type":"${'t'.repeat(100_000)}"}`],
])('a long %s leaves a short, valid line', (field, text) => {
  const line = toLine(text);
  expect(Buffer.byteLength(line)).toBeLessThan(LIMIT - 1);
  const event = JSON.parse(line) as {seq: number; truncated: string[]};
  expect(event).toMatchObject({seq: 7, truncated: [field]});
});

import {expect, test} from 'vitest';
import type {Instant} from '../../src/events/instant.ts';
import {compareInstants, isZeroInstant, parseInstant} from '../../src/events/instant.ts';

function instant(text: string): Instant {
  const parsed = parseInstant(text);
  if (!parsed) throw new Error(`no time: ${text}`);
  return parsed;
}

test.each([
  ['2026-11-21T06:00:00Z', '2026-11-21T07:00:00+01:00', 0],
  ['2026-11-21T06:00:00.5Z', '2026-11-21T06:00:00.500000000Z', 0],
  ['2026-11-21T06:00:00.000000001Z', '2026-11-21T06:00:00Z', 1],
  ['2026-11-21T06:00:00-02:30', '2026-11-21T06:00:00Z', 1],
  ['2026-11-21T06:00:00.9Z', '2026-11-21T06:00:01Z', -1],
])('%s and %s', (first, second, sign) => {
  expect(Math.sign(compareInstants(instant(first), instant(second)))).toBe(sign);
});

test.each([
  '',
  'yesterday',
  '2026-02-30T00:00:00Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21',
  '2026-11-21T06:00:00',
])('%j is no time', text => {
  expect(parseInstant(text)).toBeUndefined();
});

test('the zero time is known in any spelling', () => {
  expect(isZeroInstant(instant('0001-01-01T00:00:00.000Z'))).toBe(true);
  expect(isZeroInstant(instant('0001-01-01T01:00:00+01:00'))).toBe(true);
  expect(isZeroInstant(instant('0001-01-01T00:00:00.1Z'))).toBe(false);
});

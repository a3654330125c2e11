import {expect, it} from 'vitest';
import {age, ageOf} from '../../src/people/age.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

it.each([
  [-5 * S, '0s'],
  [0, '0s'],
  [59.9 * S, '59s'],
  [60 * S, '1m'],
  [9 * M + 59 * S, '9m59s'],
  [10 * M + 59 * S, '10m'],
  [3 * H + 20 * M, '3h20m'],
  [23 * H, '23h'],
  [25 * H, '1d1h'],
  [400 * D, '400d'],
])('%i ms are %s', (milliseconds, text) => expect(age(milliseconds)).toBe(text));

it('says - for a time that is not known', () => {
  expect(ageOf(undefined, 0)).toBe('-');
  expect(ageOf('soon', 0)).toBe('-');
  expect(ageOf('1970-01-01T00:00:01Z', 4 * S)).toBe('3s');
});

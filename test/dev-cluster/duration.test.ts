import {expect, test} from 'vitest';
import {durationText} from '../../dev-cluster/table/duration.ts';

test.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [125, '2m5s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [11_100, '3h5m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [176_400, '2d1h'],
  [691_200, '8d'],
  [63_158_400, '2y1d'],
  [-5, '<invalid>'],
])('%i seconds are %s, as kubectl says', (seconds, text) => {
  expect(durationText(seconds * 1000)).toBe(text);
});

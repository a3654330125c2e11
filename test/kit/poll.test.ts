import {expect, it} from 'vitest';
import {until} from '../cluster/kit/poll.ts';

const SOON = {timeoutMs: 20, everyMs: 1};

it('gives the first answer that is something, 0 and the empty text among them', async () => {
  const answers = [undefined, false, 0, 'late'] as const;
  let asked = 0;
  expect(await until('it is something', () => answers[asked++], SOON)).toBe(0);
  expect(await until('a text', () => '')).toBe('');
});

it('says what it waited for when that does not come, and what was seen last', async () => {
  let count = 0;
  const never = until('never', saw => saw({count: ++count}).count < 0, SOON);
  await expect(never).rejects.toThrow(/^not within 20 ms: never; last seen: \{"count":\d+\}$/);
  expect(count).toBeGreaterThan(1);
  const words = until('never', saw => saw<string>('a\nscreen') === '', SOON);
  await expect(words).rejects.toThrow('not within 20 ms: never; last seen: a\nscreen');
  const unseen = until('never', () => false, SOON);
  await expect(unseen).rejects.toThrow(/: never$/);
});

import {expect, it} from 'vitest';
import {begin} from '../bundle/program.ts';
import {launch} from '../cluster/kit/process.ts';

const WORDS = ['-c', 'echo one; echo no room >&2; exit 3'];

/** What a wait for a second line comes to. */
const WAITS: [string, () => Promise<unknown>][] = [
  ['begin', () => begin(WORDS, {executable: '/bin/sh', env: {}}).says(/two/)],
  [
    'launch',
    () =>
      launch('/bin/sh', WORDS, {env: {}, deadlineMs: 30_000}).says(text => text.includes('two')),
  ],
];

it.each(WAITS)(
  'a wait for words of a program (%s) tells how it ended without them',
  async (_, wait) => {
    await expect(wait()).rejects.toThrow('the program ended too early, with 3: no room\n');
  },
);

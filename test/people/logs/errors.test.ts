import {expect, it} from 'vitest';
import {byTime, isErrorLine} from '../../../src/people/logs/errors.ts';

it.each([
  'Error: no such file',
  'npm ERR! something failed',
  'fatal: not a git repository',
  'Traceback (most recent call last):',
  'permission denied',
  'panic: runtime error',
])('%s is a complaint', text => expect(isErrorLine(text)).toBe(true));

it.each(['all good', '0 errors', 'no failures in 12 tests', 'error_count=0', 'terrorize', ''])(
  '%s is none',
  text => expect(isErrorLine(text)).toBe(false),
);

it('puts an end, which is told to the second, behind what was written in that second', () => {
  const lines = ['2026-01-01T00:00:01Z', '2026-01-01T00:00:02.0Z', '2026-01-01T00:00:01.9Z'];
  expect(byTime(lines.map(time => ({time, text: ''}))).map(({time}) => time)).toEqual([
    '2026-01-01T00:00:01.9Z',
    '2026-01-01T00:00:01Z',
    '2026-01-01T00:00:02.0Z',
  ]);
});

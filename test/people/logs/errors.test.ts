import {expect, it} from 'vitest';
import {isComplaint} from '../../../src/people/logs/errors.ts';

it.each([
  'Error: no such file',
  'npm ERR! something failed',
  'fatal: not a git repository',
  'Traceback (most recent call last):',
  'permission denied',
  'panic: runtime error',
])('%s is a complaint', text => expect(isComplaint(text)).toBe(true));

it.each(['all good', '0 errors', 'no failures in 12 tests', 'error_count=0', 'terrorize', ''])(
  '%s is none',
  text => expect(isComplaint(text)).toBe(false),
);

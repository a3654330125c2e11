import {expect, it} from 'vitest';
import {demoOptions} from '../../demo/options.ts';
import {UsageError} from '../../src/errors.ts';
import {failureOf} from '../kit/failing.ts';

it('runs on an embedded cluster and cleans up unless told otherwise', () => {
  expect(demoOptions([])).toEqual({context: undefined, keep: false, help: false});
  expect(demoOptions(['--keep', '--context', 'kind'])).toEqual({
    context: 'kind',
    keep: true,
    help: false,
  });
});

it.each([
  [['--contxt', 'kind'], '--contxt'],
  [['--context'], '--context'],
  [['kind'], 'kind'],
])('refuses %j and names the word', (args, word) => {
  const message = failureOf(UsageError, () => demoOptions(args));
  expect(message).toContain(word);
  expect(message).toContain('--help');
  expect(message).not.toContain('\n');
});

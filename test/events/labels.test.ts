import {expect, test} from 'vitest';
import {labelForm} from '../../src/events/labels.ts';

test.each([
  ['session.woke', 'session.woke', true],
  ['', 'unknown', true],
  ['a/b c', 'a_b_c', true],
  ['x'.repeat(80), 'x'.repeat(63), true],
  ['bead.created!', 'bead.created', false],
  ['_a', 'a', false],
  ['!!!', 'unknown', false],
  ['émile', 'mile', false],
  ['a😀b', 'a_b', false],
])('%j stands as %j (selectable: %s)', (text, value, selectable) => {
  expect(labelForm(text)).toEqual({value, selectable});
});

import {expect, it} from 'vitest';
import {widthOf} from '../../src/people/terminal-size.ts';

it('a terminal that says no size of its own has none', () => {
  const output = (isTTY: boolean, columns: number) =>
    ({isTTY, columns, rows: columns}) as NodeJS.WriteStream;
  expect(widthOf(output(true, 80))).toBe(80);
  expect(widthOf(output(true, 0))).toBe(Infinity);
  expect(widthOf(output(false, 80))).toBe(Infinity);
});

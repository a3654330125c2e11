import {expect, it} from 'vitest';
import {paintOf} from '../../src/people/paint.ts';

const on = (isTTY: boolean | undefined, env: NodeJS.ProcessEnv = {}) =>
  paintOf({env, streams: {output: {isTTY}} as never}).red('x');

it.each([
  ['on a terminal', true, {}, true],
  ['in a pipe', undefined, {}, false],
  ['on a dumb terminal', true, {TERM: 'dumb'}, false],
  ['with NO_COLOR', true, {NO_COLOR: '1'}, false],
  ['in a pipe with FORCE_COLOR', undefined, {FORCE_COLOR: '1'}, true],
])('%s', (_, isTTY, env, isColoured) => {
  expect(on(isTTY, env).includes('\u001b')).toBe(isColoured);
});

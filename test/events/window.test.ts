import {expect, test} from 'vitest';
import {Window} from '../../src/events/window.ts';

const stored = (number: number) => ({
  number,
  id: undefined,
  event: {text: `${number}`, fields: {type: '', actor: '', subject: '', ts: ''}},
});

test('events come in order, each once, and wait for the missing ones', () => {
  const window = new Window(2);
  window.add(stored(5), 10);
  window.add(stored(1), 10);
  expect([...window.drain()]).toEqual([]);
  expect(window.gaps(10, 9)).toEqual([3, 4]);
  window.add(stored(3), 20);
  window.add({...stored(4), event: undefined}, 20);
  expect([...window.drain()]).toEqual(['3', '5']);
  window.add(stored(5), 30);
  expect([...window.drain()]).toEqual([]);
  expect(window.waitingSinceMs).toBeUndefined();
});

test('a gap counts from when its number was known to be taken', () => {
  const window = new Window(0);
  window.mark(2, 100);
  window.mark(4, 200);
  expect(window.waitingSinceMs).toBe(100);
  expect(window.gaps(150, 9)).toEqual([1, 2]);
  expect(window.gaps(200, 3)).toEqual([1, 2, 3]);
});

test('what turns out not to be taken is forgotten, but not what something stands above', () => {
  const window = new Window(0);
  window.mark(5, 100);
  window.add(stored(2), 110);
  window.unmark(0);
  expect(window.gaps(Infinity, 9)).toEqual([1]);
  expect(window.waitingSinceMs).toBe(100);
});

test('below the floor nothing is waited for', () => {
  const window = new Window(0);
  window.add(stored(3), 0);
  window.add(stored(7), 0);
  window.skipTo(7);
  expect([...window.drain()]).toEqual(['7']);
});

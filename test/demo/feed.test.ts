import {expect, it} from 'vitest';
import {Feed} from '../../demo/feed.ts';

const never = new AbortController().signal;

it('gives a state that is there already', async () => {
  expect(await new Feed('count', 3).until('three', count => count === 3, never)).toBe(3);
});

it('waits for a state that satisfies, over others', async () => {
  const feed = new Feed('count', 0);
  const waited = feed.until('two', count => count >= 2, never);
  feed.push(1);
  feed.push(2);
  expect(await waited).toBe(2);
});

it('fails with what ended it, unless the state was reached', async () => {
  const feed = new Feed('count', 0);
  const waited = feed.until('two', count => count === 2, never);
  feed.fail(new Error('the watch ended'));
  feed.fail(new Error('later'));
  await expect(waited).rejects.toThrow('the watch ended');
  expect(await feed.until('none', count => count === 0, never)).toBe(0);
});

it('fails with the reason of the interruption, before and while it waits', async () => {
  const controller = new AbortController();
  const feed = new Feed('count', 0);
  const waited = feed.until('one', count => count === 1, controller.signal);
  controller.abort(new Error('interrupted'));
  await expect(waited).rejects.toThrow('interrupted');
  await expect(feed.until('zero', () => true, controller.signal)).rejects.toThrow('interrupted');
});

import {expect, it} from 'vitest';
import {atMost} from '../../src/time/at-most.ts';

it('gives the results in the items’ order, with no more at once than allowed', async () => {
  let now = 0;
  let most = 0;
  const finish: (() => void)[] = [];
  const results = atMost(3, [1, 2, 3, 4, 5, 6, 7], async item => {
    most = Math.max(most, ++now);
    await new Promise<void>(resolve => finish.push(resolve));
    now--;
    return item * 10;
  });
  for (let done = 0; done < 7; done++) {
    while (finish.length === 0) await new Promise(resolve => setImmediate(resolve));
    // The last to begin ends first.
    finish.pop()?.();
  }
  expect(await results).toEqual([10, 20, 30, 40, 50, 60, 70]);
  expect(most).toBe(3);
});

it('does nothing with no items', async () => {
  expect(await atMost(3, [], () => Promise.reject(new Error('called')))).toEqual([]);
});

it('fails with the first failure', async () => {
  const work = (item: number) =>
    item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item);
  await expect(atMost(2, [1, 2, 3], work)).rejects.toThrow('two');
});

it('begins nothing more after a failure', async () => {
  const begun: number[] = [];
  const results = atMost(2, [1, 2, 3, 4, 5], async item => {
    begun.push(item);
    if (item === 1) throw new Error('one');
    await new Promise<void>(resolve => setImmediate(resolve));
  });
  await expect(results).rejects.toThrow('one');
  for (let turn = 0; turn < 10; turn++) await new Promise<void>(resolve => setImmediate(resolve));
  expect(begun).toEqual([1, 2]);
});

import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {backoffMs, sleep} from '../../src/time/sleep.ts';

describe('sleep', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes its time', async () => {
    const woken = vi.fn();
    const done = sleep(100, new AbortController().signal).then(woken);
    await vi.advanceTimersByTimeAsync(99);
    expect(woken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(woken).toHaveBeenCalledOnce();
  });

  it('ends at once, and leaves no timer, when it is cancelled', async () => {
    const controller = new AbortController();
    const asleep = sleep(100, controller.signal);
    controller.abort(new Error('up'));
    await expect(asleep).rejects.toThrow('up');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not begin when it was cancelled before', async () => {
    await expect(sleep(100, AbortSignal.abort(new Error('up')))).rejects.toThrow('up');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('backoffMs', () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    [0, 0, 5],
    [0, 0.999, 50],
    [2, 0.999, 200],
    [5, 0.999, 1000],
    [10_000, 0.999, 1000],
    [10_000, 0, 5],
  ])('of attempt %i with chance %d is at most about %i', (attempt, chance, ms) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance);
    expect(backoffMs(attempt)).toBeGreaterThanOrEqual(5);
    expect(backoffMs(attempt)).toBeLessThanOrEqual(ms);
    expect(backoffMs(attempt)).toBeGreaterThan(ms * 0.98);
  });
});

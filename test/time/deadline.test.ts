import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {DeadlineError} from '../../src/errors.ts';
import {Deadline} from '../../src/time/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
  // The clock of `nowMs`, which vitest does not know.
  vi.spyOn(process, 'uptime').mockImplementation(() => performance.now() / 1000);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('a deadline', () => {
  it('ends its signal when the time is up, not before', () => {
    const deadline = new Deadline(5000);
    vi.advanceTimersByTime(4999);
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.remainingMs()).toBe(1);
    deadline.throwIfOver();
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toBeInstanceOf(DeadlineError);
    expect(() => deadline.throwIfOver()).toThrow('not done after 5 s');
  });

  it('counts from the given moment on', () => {
    const deadline = new Deadline(5000, {sinceMs: performance.now() - 4000});
    expect(deadline.remainingMs()).toBe(1000);
    vi.advanceTimersByTime(1000);
    expect(deadline.signal.aborted).toBe(true);
  });

  it('is over at once when its time was up before', () => {
    const deadline = new Deadline(10, {sinceMs: performance.now() - 20});
    vi.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(true);
  });

  it('ends with its parent, for the parent’s reason', () => {
    const parent = new AbortController();
    const deadline = new Deadline(5000, {parent: parent.signal});
    parent.abort(new Error('cancelled'));
    expect(() => deadline.throwIfOver()).toThrow('cancelled');
  });

  it('is over from the beginning under a parent that is', () => {
    const deadline = new Deadline(5000, {parent: AbortSignal.abort(new Error('cancelled'))});
    expect(() => deadline.throwIfOver()).toThrow('cancelled');
  });

  it('never comes without a budget', () => {
    const deadline = new Deadline(Infinity);
    vi.advanceTimersByTime(2 ** 31);
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.remainingMs()).toBe(Infinity);
  });

  it('does not come once it was cleared', () => {
    const deadline = new Deadline(5000);
    deadline.clear();
    vi.advanceTimersByTime(6000);
    expect(deadline.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

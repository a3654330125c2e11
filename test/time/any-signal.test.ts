import {getEventListeners} from 'node:events';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {clockOf} from '../../src/events/clock.ts';
import {anySignal} from '../../src/time/any-signal.ts';
import {Deadline} from '../../src/time/deadline.ts';

const listenersOf = (...signals: AbortSignal[]) =>
  signals.map(signal => getEventListeners(signal, 'abort').length);

describe('anySignal', () => {
  it.each([0, 1])('aborts with the first, for its reason: %i', at => {
    const controllers = [new AbortController(), new AbortController()];
    const {signal} = anySignal(...controllers.map(each => each.signal));
    expect(signal.aborted).toBe(false);
    controllers[at]?.abort('first');
    controllers[1 - at]?.abort('second');
    expect(signal.reason).toBe('first');
  });

  it('is aborted already where one is', () => {
    const {signal} = anySignal(new AbortController().signal, AbortSignal.abort('before'));
    expect(signal.reason).toBe('before');
  });

  it('leaves nothing on the signals, once released, and aborts no more', () => {
    const [long, short] = [new AbortController(), new AbortController()];
    const {signal, release} = anySignal(long.signal, short.signal);
    expect(listenersOf(long.signal, short.signal)).toEqual([1, 1]);
    release();
    expect(listenersOf(long.signal, short.signal)).toEqual([0, 0]);
    long.abort();
    expect(signal.aborted).toBe(false);
  });
});

it('the clock of the event log leaves nothing on its deadline, whichever way a wait ends', async () => {
  const deadline = new Deadline(Infinity);
  const clock = clockOf(deadline);
  const over = new AbortController();
  await clock.sleep(0, over.signal);
  const waiting = clock.sleep(60_000, over.signal);
  expect(listenersOf(deadline.signal)).toEqual([1]);
  over.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
  expect(listenersOf(deadline.signal, over.signal)).toEqual([0, 0]);
});

it('nothing uses AbortSignal.any, of which a signal that lives on keeps a part', () => {
  const users = readdirSync('src', {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts'))
    .filter(file => /^[^*/]*AbortSignal\.any\(/m.test(readFileSync(join('src', file), 'utf8')));
  expect(users).toEqual([]);
});

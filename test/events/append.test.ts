import {describe, expect, test} from 'vitest';
import {DeadlineError} from '../../src/errors.ts';
import {append} from '../../src/events/append.ts';
import {readNewEvent} from '../../src/events/event.ts';
import type {Store} from '../../src/events/store.ts';
import {bound} from './model/client.ts';
import {failure} from './model/server.ts';
import type {Stage} from './model/play.ts';
import {play} from './model/play.ts';

const told = (subject: string) =>
  readNewEvent(`{"type":"t","actor":"a","subject":"${subject}"}`, 0);

/** The answer to the write of the counter is lost, and with it the time is up. */
function cutOff({store}: Stage, takesEffect: boolean): Store {
  const {configMaps, clock} = store;
  let isOver = false;
  const over = <T>(promise: Promise<T>) =>
    isOver ? Promise.reject<T>(new DeadlineError('not done after 25 s')) : promise;
  return {
    configMaps: {
      ...bound(configMaps),
      get: name => over(configMaps.get(name)),
      replace: async object => {
        if (takesEffect) await configMaps.replace(object);
        isOver = true;
        throw failure('unreachable', true);
      },
    },
    clock: {...clock, sleep: () => over(Promise.resolve())},
    afterDeadline: store,
  };
}

describe('a record whose last write was not answered in time', () => {
  test('is done when the write took effect', () =>
    play(async stage => {
      await append(stage.store, told('before'));
      expect(await append(cutOff(stage, true), told('cut off'))).toBe(2);
    }));

  test('says that it may be there when the write may still arrive', () =>
    play(async stage => {
      await append(stage.store, told('before'));
      await expect(append(cutOff(stage, false), told('cut off'))).rejects.toThrow(
        /^the event may have been recorded as number 2 \(the answer was lost\), and is not seen there/,
      );
    }));

  test('says that it was not recorded when the write cannot take effect any more', () =>
    play(async stage => {
      await append(stage.store, told('before'));
      const late = cutOff(stage, false);
      const overtaken: Store = {
        ...late,
        configMaps: {
          ...late.configMaps,
          replace: async object => {
            await append(stage.store, told('overtakes'));
            return late.configMaps.replace(object);
          },
        },
      };
      await expect(append(overtaken, told('cut off'))).rejects.toThrow(
        /^the event was not recorded: /,
      );
    }));
});

import {expect, test} from 'vitest';
import {append} from '../../src/events/append.ts';
import {readNewEvent} from '../../src/events/event.ts';
import {prune} from '../../src/events/prune.ts';
import {readOrRebuildCounter} from '../../src/events/sequence.ts';
import type {Store} from '../../src/events/store.ts';
import {bound} from './model/client.ts';
import type {Stage} from './model/play.ts';
import {play} from './model/play.ts';
import {failure} from './model/server.ts';

/** The store, of which no write of this kind is answered; and how often it was tried. */
function unanswered({store}: Stage, kind: 'create' | 'replace') {
  const tries = {count: 0};
  const lost = () => {
    tries.count += 1;
    return Promise.reject(failure('unreachable', true));
  };
  const configMaps = {...bound(store.configMaps), [kind]: lost};
  return {tries, store: {...store, configMaps}};
}

const event = (length = 0) => readNewEvent(`{"type":"t","payload":"${'x'.repeat(length)}"}`, 0);

test.each<[string, 'create' | 'replace', (store: Store) => Promise<unknown>]>([
  ['ensure-running', 'create', readOrRebuildCounter],
  ['record', 'replace', store => append(store, event())],
  ['record of a big event', 'create', store => append(store, event(17_000))],
  ['prune', 'replace', store => prune(store, {keep: 1, nowMs: 0, minAgeMs: -1})],
])(
  '%s whose %s is never answered does not beset the server, and tells the cause',
  (_, kind, work) =>
    play(
      async stage => {
        if (kind === 'replace') for (let n = 0; n < 3; n += 1) await append(stage.store, event());
        const {store, tries} = unanswered(stage, kind);
        await expect(work(store)).rejects.toThrow('model: unreachable');
        expect(tries.count).toBeGreaterThan(5);
        expect(tries.count).toBeLessThan(250);
      },
      {budgetMs: 25_000},
    ),
);

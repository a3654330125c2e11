import {describe, expect, it} from 'vitest';
import type {Fault} from '../../dev-cluster/faults.ts';
import type {ApiObject} from '../../dev-cluster/store/object.ts';
import type {DevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import {city} from './city.ts';
import {city as logCity} from './log-city.ts';
import {peopleCity} from './people/gc-k8s.ts';
import {ONE_LINE, summary} from './program.ts';

/** What a server says that no longer has the snapshot of a list, to its second page. */
const EXPIRED: Fault = {
  match: {verb: 'list', path: /continue=/},
  action: {type: 'status', code: 410, reason: 'Expired', message: 'the list is too old'},
};

/** So many more objects like this one, under names that stay in order. */
function copies(dev: DevCluster, plural: string, of: ApiObject, count: number): string[] {
  const names = Array.from({length: count}, (_, at) => `agent-${String(at).padStart(4, '0')}`);
  for (const name of names) {
    const {labels, annotations} = of.metadata;
    dev.store.put(plural, {
      ...of,
      metadata: {
        ...of.metadata,
        ...{name, uid: name},
        labels: {...labels, 'gc-session': name},
        annotations: {...annotations, 'gc-session-name': name},
      },
    });
  }
  return names;
}

/** How many requests asked for a later page. */
const laterPages = ({requests}: DevCluster): number =>
  requests.filter(({verb, query}) => verb === 'list' && query.has('continue')).length;

describe('a list whose second page comes too late', () => {
  it('gives list-running every session, once', async () => {
    const own = await city();
    const names = copies(own.dev, 'pods', await own.session('mayor'), 600);
    own.dev.faults.add(EXPIRED);
    const ended = await own.run('list-running');
    expect(summary(ended)).toBe(`0 ${[...names, 'mayor'].join('\n')}\n`);
    expect(laterPages(own.dev)).toBe(2);
  });

  it('is told by list-running where there is no way on', async () => {
    const own = await city();
    copies(own.dev, 'pods', await own.session('mayor'), 600);
    own.dev.faults.add({...EXPIRED, match: {...EXPIRED.match, times: 99}});
    const {code, stdout, stderr} = await own.run('list-running');
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toContain('the list is too old');
  });

  it('gives status every session, once', async () => {
    const own = await peopleCity();
    copies(own.dev, 'pods', await own.session('mayor'), 5_001);
    own.dev.faults.add(EXPIRED);
    const {code, stdout, stderr} = await own.gc('status -o json');
    // On a busy machine the first page takes more than 2 s, which is told.
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^(warning: no answer .*\n)?$/)]);
    const {sessions} = JSON.parse(stdout.toString()) as {sessions: {session: string}[]};
    expect(new Set(sessions.map(({session}) => session)).size).toBe(5_002);
    expect(sessions).toHaveLength(5_002);
    expect(laterPages(own.dev)).toBe(2);
  });

  it('gives list and watch every event, once and in order, and watch what is recorded then', async () => {
    const numbers = (text: string) => [...text.matchAll(/"seq":(\d+),/g)].map(([, n]) => Number(n));
    const all = Array.from({length: 260}, (_, at) => at + 1);
    const own = await logCity();
    await own.log.record(...all.map(at => `{"type":"t${at}"}`));

    own.dev.faults.add(EXPIRED);
    own.dev.clearRequests();
    const [code, stdout, stderr] = await own.gc('list');
    expect([code, stderr]).toEqual([0, '']);
    expect(numbers(stdout)).toEqual(all);
    expect(laterPages(own.dev)).toBe(2);

    own.dev.faults.add(EXPIRED);
    own.dev.clearRequests();
    const watching = own.begin('watch 0');
    const printed = (count: number) => watching.says(text => numbers(text).length >= count);
    expect(numbers(await printed(all.length))).toEqual(all);
    await own.log.record('{"type":"late"}');
    expect(numbers(await printed(all.length + 1))).toEqual([...all, all.length + 1]);
    watching.signal('SIGTERM');
    await watching.done;
    expect(laterPages(own.dev)).toBe(2);
  });
});

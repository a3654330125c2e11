import {describe, expect, it} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import {ANSWERS} from './answers.ts';
import type {City} from './city.ts';
import {city, ON_A_SESSION} from './city.ts';
import type {Ended} from './program.ts';
import {ONE_LINE, summary} from './program.ts';

interface Row extends Ended {
  readonly operation: string;
  readonly own: City;
}

/** Every operation on a session, and those without one. */
const ALL: readonly (readonly [string, string])[] = [
  ...ON_A_SESSION,
  ['list-running', ''],
  ['start other', '{}'],
];

/** What they say of a session whose pod has ended. */
const ABSENT: Record<string, string> = {
  'is-running': '0 false\n',
  'process-alive': '0 false\n',
  'is-attached': '0 false\n',
  'copy-from': '1 | copy-from mayor: session "mayor" has no pod to copy from\n',
  exec: '1 | exec mayor: session "mayor" has no pod to run a command in\n',
};

/** Runs every operation, each in a city of its own with the session mayor, after this was done to it. */
async function rows(
  prepare: (own: City) => void,
  calls: readonly (readonly [string, string])[] = ALL,
): Promise<Row[]> {
  return Promise.all(
    calls.map(async ([args, stdin]) => {
      const own = await city();
      await own.session('mayor');
      prepare(own);
      const ended = await own.run(args, {stdin});
      return {...ended, own, operation: args.split(' ')[0] ?? ''};
    }),
  );
}

const names = ({own}: Row): string[] => own.pods().map(({metadata}) => metadata.name);

const ordered = (action: FaultAction) => (own: City) =>
  void own.dev.faults.add({match: {}, action});

describe('every operation', () => {
  it('meets an expired token: says so in one line, and changes nothing', async () => {
    for (const row of await rows(ordered({type: 'expired-token'}))) {
      const code = row.operation === 'exec' ? 255 : 1;
      expect([row.code, row.stdout.toString()], row.operation).toEqual([code, '']);
      expect(row.stderr).toMatch(ONE_LINE);
      expect(row.stderr).toContain('does not accept these credentials: Unauthorized');
      expect(names(row), row.operation).toEqual(['mayor']);
      expect(row.own.pod.ran, row.operation).toEqual([]);
    }
  });

  it.each([86_400, -86_400])('does not mind a clock that is %i s ahead', async seconds => {
    for (const row of await rows(ordered({type: 'clock-skew', seconds}))) {
      expect(summary(row), row.operation).toBe(`0 ${ANSWERS[row.operation] ?? ''}`);
    }
  });

  it.each([
    ['was ended for its memory', (own: City) => own.dev.pod('mayor').outOfMemory()],
    ['was evicted', (own: City) => own.dev.pod('mayor').evict()],
  ])('takes a session whose pod %s for absent', async (_how, end) => {
    for (const row of await rows(end, ON_A_SESSION)) {
      expect(summary(row), row.operation).toBe(ABSENT[row.operation] ?? '0 ');
      // A new start would have its way; stop has taken the remains away.
      expect(names(row), row.operation).toEqual(row.operation === 'stop' ? [] : ['mayor']);
    }
  });

  // `exec` may have run: it is not asked again, and waiting.test.ts shows how it gives up.
  it('goes on over an exchange that is never answered', async () => {
    const calls = ALL.filter(([args]) => args !== 'start other' && args !== 'exec mayor');
    for (const row of await rows(ordered({type: 'hang'}), calls)) {
      expect(summary(row), row.operation).toBe(`0 ${ANSWERS[row.operation] ?? ''}`);
      expect(names(row), row.operation).toEqual(row.operation === 'stop' ? [] : ['mayor']);
    }
  });
});

describe('a start whose pod cannot live', () => {
  it.each([
    ['image-pull', /ImagePullBackOff: Back-off pulling image "agent:1"/],
    ['oom', /the pod ended: OOMKilled, exit code 137/],
    ['evict', /Evicted: The node was low on resource: memory/],
  ] as const)('(%s) says why and leaves nothing', async (how, words) => {
    const own = await city();
    own.dev.faults.add({match: {}, action: {type: 'pod', how}});
    const {code, stdout, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toMatch(words);
    expect(own.pods()).toEqual([]);
    // And the next one is as if nothing had been.
    expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
  });
});

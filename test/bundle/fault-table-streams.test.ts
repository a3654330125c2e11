import {describe, expect, it, vi} from 'vitest';
import {whileRuns} from '../kit/while-runs.ts';
import {city, exchanges, type City} from './city.ts';
import {HEALING} from './healing.ts';
import {ordered} from './operation-rows.ts';
import {ONE_LINE, summary} from './program.ts';
import {attachAndLeave, attachOn, watchOnce} from './streams.ts';

async function withMayor(prepare: (own: City) => void = () => undefined): Promise<City> {
  const own = await city();
  await own.session('mayor');
  prepare(own);
  return own;
}

/** What ends a session, as far as the cluster knows. */
const ENDED: [string, (own: City) => void][] = [
  ['was ended for its memory', own => own.dev.pod('mayor').outOfMemory()],
  ['was evicted', own => own.dev.pod('mayor').evict()],
];

/** Waits until an exec was tried in vain more than once. */
async function twiceTried(own: City): Promise<void> {
  const execs = () => exchanges(own).filter(each => each === 'get pods/exec').length;
  await vi.waitUntil(() => execs() > 1, {timeout: 30_000, interval: 5});
}

describe('watch-startup', () => {
  it.each(HEALING)('prints the screen when its exec fails with %s', async (_, action) => {
    await watchOnce(await withMayor(ordered(action)));
  });

  it.each(['cut', 'close'] as const)(
    'prints whole screens alone when it breaks (%s)',
    async how => {
      const own = await withMayor(ordered({type: 'exec', how, afterBytes: 3}));
      await watchOnce(own);
      expect(exchanges(own)).toEqual(['get pods/exec', 'get pods/exec']);
    },
  );

  it('waits, and prints nothing, while its node is not heard of', async () => {
    const own = await withMayor(ordered({type: 'node-silent'}));
    const {says, interrupt, ended} = own.begin('watch-startup mayor');
    await whileRuns(ended, twiceTried(own));
    own.dev.faults.clear();
    await says(/\n/);
    interrupt('SIGKILL');
    expect((await ended).stdout.toString()).toBe('{"content":"a screen"}\n');
  });

  it.each(ENDED)('prints nothing of a session whose pod %s', async (_, end) => {
    expect(summary(await (await withMayor(end)).run('watch-startup mayor'))).toBe('0 ');
  });

  it('says in one line that a token has expired', async () => {
    const own = await withMayor(ordered({type: 'expired-token'}));
    const {code, stdout, stderr} = await own.run('watch-startup mayor');
    expect([code, stdout.toString(), stderr]).toEqual([1, '', expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain('does not accept these credentials: Unauthorized');
  });

  it.each([86_400, -86_400])('does not mind a clock that is %i s ahead', async seconds => {
    await watchOnce(await withMayor(ordered({type: 'clock-skew', seconds})));
  });
});

describe('attach', () => {
  it.each(HEALING)('comes to the terminal when an exchange fails with %s', async (_, action) => {
    // It looks for the pod, and then attaches.
    for (const nth of [1, 2]) {
      await attachAndLeave(await withMayor(own => own.dev.faults.add({match: {nth}, action})));
    }
  });

  it.each(['cut', 'close'] as const)('comes back when it breaks (%s)', async how => {
    const match = {resource: 'pods/exec'};
    const action = {type: 'exec', how, afterBytes: 3} as const;
    const own = await withMayor(({dev}) => dev.faults.add({match, action}));
    await attachAndLeave(own);
    expect(exchanges(own)).toEqual(['get pods', 'get pods/exec', 'get pods/exec']);
  });

  it.each([
    ...ENDED,
    ['is on a node that is not heard of', ordered({type: 'node-silent'})] as const,
  ])('says that a session does not run whose pod %s', async (_, end) => {
    const said = await attachOn(await withMayor(end)).shows(/ended \d/);
    expect(said).toMatch(/^attach mayor: session "mayor" does not run [^\n]*\nended 1\n/);
  });

  it('says in one line that a token has expired', async () => {
    const own = await withMayor(ordered({type: 'expired-token'}));
    expect(await attachOn(own).shows(/ended \d/)).toMatch(
      /^attach mayor: [^\n]*does not accept these credentials: Unauthorized[^\n]*\nended 1\n/,
    );
  });

  it.each([86_400, -86_400])('does not mind a clock that is %i s ahead', async seconds => {
    await attachAndLeave(await withMayor(ordered({type: 'clock-skew', seconds})));
  });
});

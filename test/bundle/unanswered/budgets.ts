import {expect, vi} from 'vitest';
import {city} from '../city.ts';
import {gate} from '../gate.ts';
import {ONE_LINE, summary, type Ended} from '../program.ts';

/**
 * Operations that get no answer give up within gc's budget, and tell the cause. Resolves once they have
 * asked, to what awaits their ends: what begins then does not hold their own beginning up.
 */
export async function askedInVain(): Promise<() => Promise<void>> {
  const down = await city();
  const {settings} = await gate(down);
  const own = await city();
  await own.session('mayor');
  const hanging = {type: 'hang'} as const;
  own.dev.faults.add({match: {path: /mayor|watch/, times: 999}, action: hanging});
  const stuckOnce = await city();
  await stuckOnce.session('mayor');
  stuckOnce.dev.faults.add({match: {method: 'GET', path: /pods\/mayor$/}, action: hanging});

  const beganMs = performance.now();
  const timed = async (ended: Promise<Ended>) => ({
    ...(await ended),
    seconds: (performance.now() - beganMs) / 1000,
  });
  const calls = Promise.all([
    timed(down.run('is-running mayor', {settings})),
    timed(down.run('peek mayor', {settings})),
    timed(down.run('list-running', {settings})),
    timed(down.run('check-image agent:1', {settings})),
    timed(own.run('is-running mayor')),
    timed(own.run('nudge mayor', {stdin: 'x'})),
    timed(own.run('exec mayor', {stdin: 'x'})),
    timed(stuckOnce.run('is-running mayor')),
  ]);
  await vi.waitUntil(
    () => stuckOnce.dev.requests.length > 0 && own.dev.requests.length > 2,
    30_000,
  );
  return async () => judge(await calls, own.dev.url);
}

type Timed = Ended & {readonly seconds: number};

type Eight = readonly [Timed, Timed, Timed, Timed, Timed, Timed, Timed, Timed];

function judge(
  [probe, peek, list, image, hungProbe, nudge, exec, hungOnce]: Eight,
  url: string,
): void {
  expect(summary(image)).toMatch(/^0 \| warning: it is not known [^\n]*no answer from [^\n]*\n$/);
  expect(summary(hungOnce)).toBe('0 true\n');
  for (const each of [probe, peek, list]) {
    expect([each.code, each.stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(each.stderr).toMatch(/no answer from https:/);
    // Repeated execs tell of their last try alone, which the deadline may have ended.
    if (each !== peek) expect(each.stderr).toMatch(/ECONNRESET|closed|disconnected/);
  }
  for (const each of [hungProbe, nudge, exec]) {
    expect([each.code, each.stderr]).toEqual([
      each === exec ? 255 : 1,
      expect.stringMatching(ONE_LINE),
    ]);
    expect(each.stderr).toContain(`no answer from ${url}`);
  }
  for (const each of [probe, hungProbe]) {
    expect(each.seconds).toBeGreaterThan(20);
    expect(each.seconds).toBeLessThan(27);
  }
  for (const each of [peek, list, nudge, exec]) expect(each.seconds).toBeLessThan(30);
}

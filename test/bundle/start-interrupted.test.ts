import {describe, expect, it} from 'vitest';
import type {FaultMatch} from '../../dev-cluster/faults.ts';
import {whileRuns} from '../kit/while-runs.ts';
import {city, podUntil, type City} from './city.ts';
import {ONE_LINE} from './program.ts';
import {EXCHANGES, nothingIsLeft, until} from './start-exchanges.ts';

describe('a start that is interrupted', () => {
  /** SIGINT once this exchange hangs; with the time it then took. */
  async function interruptedAt(match: FaultMatch, own: City) {
    own.dev.faults.add({match: {...match, times: 99}, action: {type: 'hang'}});
    const {ended, interrupt} = own.begin('start mayor');
    await until(own, ended, ({method, path, verb}) =>
      match.method === undefined
        ? match.path?.test(verb === 'watch' ? 'watch=' : path) === true
        : method === match.method,
    );
    const beganMs = performance.now();
    interrupt();
    return {...(await ended), tookMs: performance.now() - beganMs};
  }

  it.each(EXCHANGES)(
    'at its %s ends within 2 s, tells where, and deletes its pod',
    async (_, match) => {
      const own = await city();
      const {code, signal, stderr, tookMs} = await interruptedAt(match, own);
      expect([code, signal]).toEqual([130, null]);
      expect(stderr).toMatch(
        /^start mayor: session "mayor" was not started: interrupted by SIGINT while [^\n]+\n$/,
      );
      expect(tookMs).toBeLessThan(2_000);
      nothingIsLeft(own);
    },
  );

  it('while it waits for the container tells the last reason', async () => {
    const own = await city({
      onPod: (_, control) => {
        control.unschedulable('0/3 nodes are available');
        return true;
      },
    });
    const {ended, interrupt} = own.begin('start mayor');
    const isTold = podUntil(own.dev, 'mayor', pod => JSON.stringify(pod.status).includes('0/3'));
    await whileRuns(ended, isTold);
    await until(own, ended, ({verb}) => verb === 'watch');
    interrupt();
    const {code, stderr} = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted by SIGINT while waiting for the container.*0\/3 nodes/);
    nothingIsLeft(own);
  });

  it('while the agent starts, and while the deletion hangs too', async () => {
    const own = await city();
    let up: () => void = () => undefined;
    const isUp = new Promise<void>(resolve => (up = resolve));
    own.pod.launched = async call => {
      up();
      await new Promise(resolve => call.signal.addEventListener('abort', resolve));
      return 143;
    };
    own.dev.faults.add({match: {method: 'DELETE', times: 9}, action: {type: 'hang'}});
    const {ended, interrupt} = own.begin('start mayor');
    await whileRuns(ended, isUp);
    const beganMs = performance.now();
    interrupt();
    const {code, stderr} = await ended;
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    expect([code, stderr]).toEqual([130, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain('interrupted by SIGINT while starting the agent');
    expect(stderr).toContain('will end by itself');
  });
});

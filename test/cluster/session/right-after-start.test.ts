import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, type Playground} from '../kit/playground.ts';

const WAVES = 10;
const AT_ONCE = 5;

describe('what is asked the moment a start has ended', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('after-start')));
  afterAll(() => ground.close());

  /** Starts, asks at once, and gives what each call said against it. */
  async function complaints(session: string): Promise<string[]> {
    await ground.start(session, {command: 'cat'});
    const asked = await Promise.all([
      ground.gc(['nudge', session], {stdin: 'hello there'}),
      ground.gc(['peek', session, '0']),
      ground.gc(['is-running', session]),
    ]);
    await ground.screen(session, text => text.includes('hello there'));
    expect(asked[2].stdout).toBe('true\n');
    return asked.flatMap(({code, stderr}) => (code === 0 && stderr === '' ? [] : [stderr]));
  }

  it(`finds the container, in ${WAVES * AT_ONCE} starts`, {timeout: 900_000}, async () => {
    for (let wave = 0; wave < WAVES; wave++) {
      const sessions = Array.from({length: AT_ONCE}, (_, at) => `wave-${wave}-${at}`);
      expect((await Promise.all(sessions.map(complaints))).flat()).toEqual([]);
      await Promise.all(sessions.map(session => ground.gc(['stop', session])));
    }
  });
});

import {afterAll, beforeAll, expect, it} from 'vitest';
import {numbersOf, openLogs, type Ground} from '../events/kit.ts';
import {until} from '../kit/poll.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {install, runNow} from './cron-job.ts';
import {BUILD_MS, built, CONTROLLER, describeImages} from './images.ts';
import {enforceRestricted} from './namespace.ts';

/** Younger events are never pruned. */
const YOUNG_MS = 62_000;

describeImages('the CronJob that cleans up events, from the controller’s image', () => {
  let ground: Ground;
  let image = '';
  const logs = openLogs('cleanup');
  beforeAll(async () => {
    image = await built(CONTROLLER);
    await startAnew();
  }, BUILD_MS);
  afterAll(logs.close);

  /** A log that is old enough, and the CronJob. */
  async function startAnew(): Promise<void> {
    ground = await logs.open();
    await enforceRestricted(ground);
    for (let n = 0; n < 6; n += 1) await ground.record({type: 'test.old', actor: 'test'});
    const recordedMs = performance.now();
    await install(ground, 'event-cleanup-cronjob.yaml', {image, changes: {20000: '3'}});
    const isOld = () => performance.now() - recordedMs > YOUNG_MS;
    await until('the events are old enough', isOld, {timeoutMs: 2 * YOUNG_MS});
  }

  it('prunes the log when a job is made of it', async () => {
    beforeNextTry(startAnew);
    const {status, log} = await runNow(ground, 'gc-event-cleanup');
    expect(status).toMatchObject({succeeded: 1});
    expect(log).toBe('pruned 3 events, the log begins at 4\n');
    expect(numbersOf(await ground.list())).toEqual([4, 5, 6]);
  });
});

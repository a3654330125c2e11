import {afterAll, beforeAll, expect, it} from 'vitest';
import {numbersOf, openGround, type Ground} from '../events/kit.ts';
import {until} from '../kit/poll.ts';
import {install, runNow} from './cron-job.ts';
import {BUILD_MS, built, CONTROLLER, describeImages} from './images.ts';
import {enforceRestricted} from './namespace.ts';

/** Younger events are never pruned. */
const YOUNG_MS = 62_000;

describeImages('the CronJob that cleans up events, from the controller’s image', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround('cleanup');
    await enforceRestricted(ground);
    for (let n = 0; n < 6; n += 1) await ground.record({type: 'test.old', actor: 'test'});
    const recordedMs = performance.now();
    const image = await built(CONTROLLER);
    await install(ground, 'event-cleanup-cronjob.yaml', {image, changes: {20000: '3'}});
    const isOld = () => performance.now() - recordedMs > YOUNG_MS;
    await until('the events are old enough', isOld, {timeoutMs: 2 * YOUNG_MS});
  }, BUILD_MS);
  afterAll(() => ground.close());

  it('prunes the log when a job is made of it', async () => {
    const {status, log} = await runNow(ground, 'gc-event-cleanup');
    expect(status).toMatchObject({succeeded: 1});
    expect(log).toBe('pruned 3 events, the log begins at 4\n');
    expect(numbersOf(await ground.list())).toEqual([4, 5, 6]);
  });
});

import {afterAll, beforeAll, expect, it} from 'vitest';
import {openPlayground, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {ended, gcK8s} from '../run/kit.ts';
import {install, runNow} from './cron-job.ts';
import {BUILD_MS, built, CONTROLLER, describeImages} from './images.ts';
import {enforceRestricted} from './namespace.ts';

const AGENTS = {GC_K8S_POD_SECURITY: 'restricted', GC_K8S_RUN_AS_USER: '1000'};
const KEPT = {...AGENTS, GC_K8S_RETENTION: 'keep', GC_K8S_ARTIFACTS_KEEP: '0'};

describeImages('the CronJob that cleans up ended runs, from the controller’s image', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('run-cleanup');
    await enforceRestricted(ground);
    const image = await built(CONTROLLER);
    const changes = {'7d': '1s', false: 'true'};
    await install(ground, 'run-cleanup-cronjob.yaml', {image, changes});
  }, BUILD_MS);
  afterAll(() => ground.close());

  it('deletes what is over under its own Role, tells the event log, and leaves who runs', async () => {
    await ground.start('at-work', {command: 'cat'}, {env: AGENTS});
    await ground.start('over', {command: 'exit 3', lifecycle: 'one_shot'}, {env: KEPT});
    const {endedAt = ''} = await ended(ground, 'over');
    await until('it is old enough', () => Date.now() - Date.parse(endedAt) > 2_000);
    const {status, log} = await runNow(ground, 'gc-run-cleanup');
    expect([status.succeeded, log]).toEqual([
      1,
      expect.stringMatching(/^KIND.*\npod +over +over +failed [^]*\n1 pod and 1 record deleted\n$/),
    ]);
    await ground.gone('over');
    expect((await ground.gc(['is-running', 'at-work'])).stdout).toBe('true\n');
    const events = (await gcK8s(ground, ['events', 'list', '--json'])).stdout;
    expect(events).toMatch(/"session\.finished"[^]*"over"/);
  });
});

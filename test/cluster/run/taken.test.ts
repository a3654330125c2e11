import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {gcK8s, runOf} from './kit.ts';

/** A command that kills a component of the cluster for a while: `COMMAND kubelet 80`. */
const {GC_TEST_CRASH = ''} = process.env;

/** The node controller waits 40 to 50 s for a node's heartbeat. */
const AWAY_SECONDS = '80';

const MERGE = {'content-type': 'application/merge-patch+json'};

/** These disturb every pod of the cluster: only where it is the test's own. */
describe.skipIf(GC_TEST_CRASH === '')('a run whose cluster takes it away', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('runlife-taken')));
  afterAll(() => ground.close());

  it('is evicted by a NoExecute taint of its node', async () => {
    await ground.start('tainted', {command: 'cat', lifecycle: 'one_shot'});
    const node = (await ground.podOf('tainted'))?.spec?.nodeName ?? '';
    const setTaints = async (taints: object[]) => {
      const {status} = await ground.api.callAt(
        `/api/v1/nodes/${node}`,
        'PATCH',
        {spec: {taints}},
        MERGE,
      );
      expect(status).toBe(200);
    };
    await setTaints([{key: 'gc-test', effect: 'NoExecute'}]);
    try {
      const run = await until('the eviction is told', async () => {
        const now = await runOf(ground, 'tainted');
        return now?.reason === 'evicted' && now;
      });
      expect(run.state).toBe('failed');
      expect(run.error).toContain('DeletionByTaintManager');
      await until('the pod is gone', async () => !(await ground.podOf('tainted')));
    } finally {
      await setTaints([]);
    }
    succeeded(await gcK8s(ground, ['prune']));
    const {text} = await ground.api.call('GET', '/configmaps?labelSelector=gc-session%3Dtainted');
    expect(text).toContain('\\"reason\\":\\"evicted\\"');
  });

  it('is lost with its node, and back with it', {timeout: 400_000}, async () => {
    await ground.start('lost', {command: 'cat', lifecycle: 'one_shot'});
    const crashed = promisify(execFile)(GC_TEST_CRASH, ['kubelet', AWAY_SECONDS]);
    const lost = await until(
      'the node is lost',
      async () => {
        const now = await runOf(ground, 'lost');
        return now?.reason === 'node_lost' && now;
      },
      {timeoutMs: 120_000},
    );
    expect(lost).toMatchObject({state: 'failed'});
    expect(lost.error).toContain('its node was lost');
    // The agent may be at work: neither its pod nor its record is touched.
    succeeded(await gcK8s(ground, ['prune', '--older-than', '1s']));
    await crashed;
    const back = await until(
      'the node is back',
      async () => {
        const now = await runOf(ground, 'lost');
        return now?.state === 'running' && now;
      },
      {timeoutMs: 120_000},
    );
    expect(back.id).toBe(lost.id);
  });
});

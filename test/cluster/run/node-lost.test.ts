import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {V1Node} from '@kubernetes/client-node';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {describeUnless} from '../../kit/unless.ts';
import {GC_TEST_CRASH, nodesReport, SETTLES_WITHIN_MS, whyNoCrash} from '../kit/crash.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {gcK8s, runOf} from './kit.ts';

/** The node controller waits 50 s for a node's heartbeat, and longer where it has much else to do. */
const AWAY_SECONDS = '120';

describeUnless(whyNoCrash, 'a run whose node is lost', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('runlife-taken')));
  afterAll(() => ground.close());
  afterAll(nodesReport, SETTLES_WITHIN_MS);

  it('is lost with it, and back with it', {timeout: 400_000}, async () => {
    await ground.start('lost', {command: 'cat', lifecycle: 'one_shot'});
    await until('the kubelet has told that it is ready', async () => {
      const pod = await ground.podOf('lost');
      return pod?.status?.conditions?.some(
        ({type, status}) => type === 'Ready' && status === 'True',
      );
    });
    const crashed = promisify(execFile)(GC_TEST_CRASH, ['kubelet', AWAY_SECONDS]);
    try {
      const lost = await until(
        'the node is lost',
        async () => {
          const now = await runOf(ground, 'lost');
          return now?.reason === 'node_lost' && now;
        },
        {timeoutMs: 110_000},
      ).catch(async (error: unknown) => {
        throw new Error(`${String(error)}; ${await heartbeats(ground)}`);
      });
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
    } finally {
      // What comes next needs its node.
      await crashed;
    }
  });
});

/** What the node controller goes by: what nodes said last, and when. */
async function heartbeats({api}: Playground): Promise<string> {
  const {text} = await api.callAt('/api/v1/nodes', 'GET');
  const {items} = JSON.parse(text) as {items: V1Node[]};
  const conditions = items.flatMap(({metadata, status}) =>
    (status?.conditions ?? [])
      .filter(({type}) => type === 'Ready')
      .map(({status: ready, lastHeartbeatTime, reason}) =>
        [metadata?.name, `Ready ${ready}`, reason, String(lastHeartbeatTime)].join(' '),
      ),
  );
  return `at ${new Date().toISOString()}: ${conditions.join('; ')}`;
}

import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ApiClient} from '../../cluster-contract/api-client.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {openAdmin} from '../real-cluster.ts';

/** Set where the cluster is the tests' own: a cordon keeps everybody's pods from its nodes. */
const {GC_TEST_CRASH = ''} = process.env;

interface Nodes {
  readonly items: readonly {metadata: {name: string}; spec: {unschedulable?: boolean}}[];
}

describe.skipIf(GC_TEST_CRASH === '')('while every node is cordoned', () => {
  let ground: Playground;
  let cordoned: string[] = [];
  const admin = new ApiClient(openAdmin());
  beforeAll(async () => {
    ground = await openPlayground('cordon');
    await ground.start('before', {command: 'cat'});
  });
  afterAll(async () => {
    await cordon(cordoned, false);
    admin.close();
    await ground.close();
  });

  /** As `kubectl cordon` and `uncordon` do it. */
  async function cordon(nodes: readonly string[], unschedulable: boolean): Promise<void> {
    const headers = {'content-type': 'application/merge-patch+json'};
    for (const node of nodes) {
      const change = {spec: {unschedulable}};
      const {status, text} = await admin.callAt(`/api/v1/nodes/${node}`, 'PATCH', change, headers);
      if (status !== 200) throw new Error(`cordon of ${node}: ${text}`);
    }
  }

  it('a start says so and what to do, agents go on, and the next start works', async () => {
    const {items} = JSON.parse((await admin.callAt('/api/v1/nodes', 'GET')).text) as Nodes;
    cordoned = items.flatMap(({metadata, spec}) => (spec.unschedulable ? [] : [metadata.name]));
    await cordon(cordoned, true);

    const call = ground.launch(['start', 'late'], {stdin: '{"command":"cat"}'});
    await until('the scheduler has spoken', async () => {
      const pod = await ground.podOf('late');
      return pod?.status?.conditions?.some(({reason}) => reason === 'Unschedulable');
    });
    succeeded(await ground.gc(['nudge', 'before'], {stdin: 'still there?'}));
    await ground.screen('before', text => text.includes('still there?'));
    call.signal('SIGINT');
    const {code, stderr} = await call.done;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      /^start late: .*not scheduled: Unschedulable: .*were unschedulable.*kubectl uncordon[^\n]*\n$/,
    );
    await until('nothing is left', async () => !(await ground.podOf('late')));

    const next = ground.launch(['start', 'late'], {stdin: '{"command":"cat"}'});
    await until('it waits for a node', async () => (await ground.podOf('late')) !== undefined);
    await cordon(cordoned, false);
    expect(await next.done).toMatchObject({code: 0, stderr: ''});
    expect(succeeded(await ground.gc(['is-running', 'before'])).stdout).toBe('true\n');
  });
});

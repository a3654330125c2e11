import {afterAll, beforeAll, expect, it, onTestFinished} from 'vitest';
import {ApiClient} from '../../cluster-contract/api-client.ts';
import {describeUnless, skipped} from '../../kit/unless.ts';
import {whyNoCrash} from '../kit/crash.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {openAdmin} from '../real-cluster.ts';

interface Nodes {
  readonly items: readonly {metadata: {name: string}; spec: {unschedulable?: boolean}}[];
}

describeUnless(whyNoCrash, 'while nodes are cordoned', () => {
  let ground: Playground;
  const admin = new ApiClient(openAdmin());
  beforeAll(async () => {
    ground = await openPlayground('cordon');
    await ground.start('before', {command: 'cat'});
  });
  afterAll(async () => {
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

  /** Until the end of the test, however it ends. */
  async function cordonForNow(nodes: readonly string[]): Promise<void> {
    onTestFinished(() => cordon(nodes, false));
    await cordon(nodes, true);
  }

  /** The nodes that take pods. */
  async function openNodes(): Promise<string[]> {
    const {items} = JSON.parse((await admin.callAt('/api/v1/nodes', 'GET')).text) as Nodes;
    return items.flatMap(({metadata, spec}) => (spec.unschedulable ? [] : [metadata.name]));
  }

  it('every node: a start says so and what to do, agents go on, and the next start works', async () => {
    const cordoned = await openNodes();
    await cordonForNow(cordoned);

    const call = ground.launch(['start', 'late'], {stdin: '{"command":"cat"}'});
    await until('the scheduler has spoken', async saw => {
      const pod = await ground.podOf('late');
      return saw(pod?.status?.conditions)?.some(({reason}) => reason === 'Unschedulable');
    });
    succeeded(await ground.gc(['nudge', 'before'], {stdin: 'still there?'}));
    await ground.screen('before', text => text.includes('still there?'));
    call.signal('SIGINT');
    const {code, stderr} = await call.done;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      /^start late: .*not scheduled: Unschedulable: .*were unschedulable.*kubectl uncordon[^\n]*\n$/,
    );
    await ground.gone('late');

    const next = ground.launch(['start', 'late'], {stdin: '{"command":"cat"}'});
    await until('it waits for a node', async () => (await ground.podOf('late')) !== undefined);
    await cordon(cordoned, false);
    expect(await next.done).toMatchObject({code: 0, stderr: ''});
    expect(succeeded(await ground.gc(['is-running', 'before'])).stdout).toBe('true\n');
  });

  it('of several nodes all but one: a start goes there', async context => {
    const [open, ...others] = await openNodes();
    if (others.length === 0) skipped(context, 'the cluster has one node that takes pods');
    await cordonForNow(others);
    await ground.start('moved', {command: 'cat'});
    expect((await ground.podOf('moved'))?.spec?.nodeName).toBe(open);
  });
});

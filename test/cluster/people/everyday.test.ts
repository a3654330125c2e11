import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {gcK8s} from '../run/kit.ts';

interface Listed {
  readonly sessions: readonly {
    session: string;
    state: string;
    pod: string;
    exitCode?: number;
    lastActivity?: string;
    why?: string;
  }[];
}

describe('what people type, on a real cluster', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('people');
    await begin();
  });
  afterAll(() => ground.close());

  async function begin(): Promise<void> {
    await ground.start('mayor', {command: 'bash', env: {MY_TOKEN: 'planted-secret'}});
    await ground.start('brief', {command: 'read line; echo "Error: planted failure"; exit 3'});
    succeeded(await ground.gc(['nudge', 'brief'], {stdin: 'go'}));
    await until(
      'brief ends',
      async () => (await ground.podOf('brief'))?.status?.phase === 'Failed',
    );
  }

  const gc = async (...args: string[]) => succeeded(await gcK8s(ground, args)).stdout;
  const status = async (...args: string[]) =>
    (JSON.parse(await gc('status', '-o', 'json', ...args)) as Listed).sessions;

  it('shows who runs and who does not, why, and under which pod', async () => {
    expect(await status()).toMatchObject([
      {session: 'brief', state: 'failed', exitCode: 3, pod: 'brief'},
      {session: 'mayor', state: 'running', pod: 'mayor'},
    ]);
    expect(await gc('status', '--not-running')).toMatch(
      /^SESSION.*\nbrief +failed .*exit code 3\n$/,
    );
    const [mayor] = await status('mayor');
    expect(Date.parse(mayor?.lastActivity ?? '')).toBeGreaterThan(Date.now() - 600_000);
    const {text} = await ground.api.call('GET', `/pods/${mayor?.pod ?? ''}`);
    expect(text).toContain('"mayor"');
  });

  it('says why a pod does not start while it tries', async () => {
    const start = ground.launch(['start', 'stuck'], {
      stdin: '{}',
      env: {GC_K8S_NODE_SELECTOR: '{"no-such":"node"}'},
    });
    const why = await until('the scheduler speaks', async () => {
      const stuck = (await status()).find(({session}) => session === 'stuck');
      return stuck?.why?.includes('no node takes it') && stuck.why;
    });
    expect(why).toMatch(/^no node takes it: .*nodes are available/);
    start.signal('SIGINT');
    await start.done;
  });

  it('finds the failure in a log, with its time and how the run ended', async () => {
    const errors = await gc('logs', 'brief', '--errors');
    expect(errors).toMatch(/^\S+Z Error: planted failure\n/m);
    expect(errors).toMatch(/^\S+Z cluster: the agent ended with exit code 3$/m);
    expect(await gc('logs', 'brief', '--tail', '1')).toMatch(/^gc: agent ended .*3.*\n$/);
  });

  it('follows a log to the end of the run', async () => {
    await ground.start('talker', {command: 'read line; echo "heard $line"; exit 0'});
    const following = gcK8s(ground, ['logs', 'talker', '-f']);
    succeeded(await ground.gc(['nudge', 'talker'], {stdin: 'planted words'}));
    expect(succeeded(await following).stdout).toContain('heard planted words\n');
  });

  it('stops, and prints no secret in anything', async () => {
    beforeNextTry(async () => {
      for (const session of ['mayor', 'brief']) await ground.gc(['stop', session]);
      await begin();
    });
    const said = [
      await gc('status', '-o', 'yaml'),
      await gc('status', '-o', 'wide'),
      await gc('logs', 'mayor', '--timestamps'),
      await gc('config'),
      await gc('stop', 'mayor', 'brief'),
    ];
    expect(said.join('\n')).not.toContain('planted-secret');
    await ground.gone('mayor');
    const again = await gcK8s(ground, ['stop', 'nobody']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/^stop nobody: .*\n$/)]);
  });
});

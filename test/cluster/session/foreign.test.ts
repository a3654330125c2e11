import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {itOnRealNodes} from '../kit/real-nodes.ts';

/** Pods to the labels and layout of the protocol that no program of ours has made. */
describe("another provider's pod", () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('foreign')));
  afterAll(() => ground.close());

  async function create(name: string, session: string, {annotated}: {annotated: boolean}) {
    const {status} = await ground.api.call('POST', '/pods', {
      metadata: {
        name,
        labels: {app: 'gc-agent', 'gc-session': name, 'gc-agent': name},
        ...(annotated ? {annotations: {'gc-session-name': session}} : {}),
      },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'agent',
            image: ground.env.GC_K8S_IMAGE,
            workingDir: '/workspace',
            command: ['sh', '-c', "tmux new-session -d -s main 'cat' && sleep infinity"],
            volumeMounts: [{name: 'ws', mountPath: '/workspace'}],
          },
        ],
        volumes: [{name: 'ws', emptyDir: {}}],
      },
    });
    expect(status).toBe(201);
    await until(
      `${session} runs`,
      async () => (await ground.gc(['is-running', session])).stdout === 'true\n',
    );
  }

  it.each([
    ['plain', 'mayor', 'mayor', true],
    ['lossy', 'city-rig-polecat', 'city/rig.polecat', true],
    ['without an annotation', 'bare', 'bare', false],
  ])('is served: %s', async (_what, name, session, annotated) => {
    await create(name, session, {annotated});
    const gc = async (operation: string, args: string[] = [], stdin = '') =>
      succeeded(await ground.gc([operation, session, ...args], {stdin})).stdout;
    expect(succeeded(await ground.gc(['list-running', ''])).stdout.split('\n')).toContain(session);
    await gc('nudge', [], 'hello there; $(id)');
    await ground.screen(session, text => text.includes('hello there; $(id)'));
    await gc('set-meta', ['GC_DRAIN'], 'soon é');
    expect(await gc('get-meta', ['GC_DRAIN'])).toBe('soon é');
    await gc('set-meta', ['a/key'], 'x;');
    expect(await gc('get-meta', ['a/key'])).toBe('x;');
    expect(await gc('process-alive', [], '^cat$')).toBe('true\n');
    expect(await gc('is-attached')).toBe('false\n');
    expect(await gc('get-last-activity')).toMatch(/^\d{4}-.*Z\n$/);
    expect(await gc('exec', [], 'pwd')).toBe('/workspace\n');
    await gc('remove-meta', ['GC_DRAIN']);
    expect(await gc('get-meta', ['GC_DRAIN'])).toBe('');
    const refused = await ground.gc(['start', session], {stdin: '{}'});
    expect({code: refused.code, exists: refused.stderr.includes('already exists')}).toEqual({
      ...{code: 1, exists: true},
    });
    await gc('stop');
    expect(await gc('is-running')).toBe('false\n');
    await until(
      'its pod is gone',
      async () => (await ground.api.call('GET', `/pods/${name}`)).status === 404,
    );
  });

  itOnRealNodes(
    'says why a long text could not be kept on its way, and at once',
    {becauseEmbedded: '/tmp is a mount, which cannot be taken away'},
    async () => {
      await create('full', 'full', {annotated: true});
      succeeded(await ground.gc(['nudge', 'full'], {stdin: 'x'.repeat(300_000)}));
      await ground.shell('full', 'mv /tmp /tmp.away && : >/tmp');
      for (let round = 0; round < 5; round++) {
        const {code, stderr} = await ground.gc(['nudge', 'full'], {stdin: 'x'.repeat(300_000)});
        expect([code, stderr]).toEqual([1, expect.stringContaining('the message did not arrive')]);
      }
    },
  );

  it('is not running once its tmux is dead, though the pod runs on', async () => {
    await create('dead', 'dead', {annotated: true});
    await ground.shell('dead', 'tmux kill-server');
    expect(succeeded(await ground.gc(['is-running', 'dead'])).stdout).toBe('false\n');
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).not.toContain('dead');
    expect((await ground.podOf('dead'))?.status?.phase).toBe('Running');
  });

  it('keeps its name from a session that merely looks like it', async () => {
    await create('a-b', 'a-b', {annotated: true});
    await ground.start('a/b', {command: 'cat'});
    expect((await ground.podOf('a/b'))?.metadata?.name).not.toBe('a-b');
    succeeded(await ground.gc(['nudge', 'a/b'], {stdin: 'only for a/b'}));
    await ground.screen('a/b', text => text.includes('only for a/b'));
    expect(succeeded(await ground.gc(['peek', 'a-b', '0'])).stdout).not.toContain('only for');
    succeeded(await ground.gc(['stop', 'a/b']));
    expect(succeeded(await ground.gc(['is-running', 'a-b'])).stdout).toBe('true\n');
  });
});

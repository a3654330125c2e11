import type {V1Pod} from '@kubernetes/client-node';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {create} from '../kit/manifests.ts';
import {openPlayground, type Playground} from '../kit/playground.ts';
import {execInPod} from '../kit/pod-exec.ts';
import {until} from '../kit/poll.ts';
import {BUILD_MS, built, describeImages, PLAIN_AGENT} from './images.ts';
import {enforceRestricted} from './namespace.ts';

interface Run {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
}

// A pod without a command of its own runs the image as `docker run` does: its entry point is PID 1.
describeImages('the agents’ image, run alone', () => {
  let ground: Playground;
  let image = '';
  beforeAll(async () => {
    image = await built(PLAIN_AGENT);
    ground = await openPlayground('images-alone');
    await enforceRestricted(ground);
  }, BUILD_MS);
  afterAll(() => ground.close());

  const run = (name: string, {args, env = {}, tty = false}: Run) =>
    create(ground, {
      ...{apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace: ground.namespace}},
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
        containers: [
          {
            ...{name: 'agent', image, imagePullPolicy: 'Never', args, tty, stdin: tty},
            env: Object.entries(env).map(([variable, value]) => ({name: variable, value})),
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
          },
        ],
      },
    });

  async function state(name: string) {
    const {text} = await ground.api.call('GET', `/pods/${name}`);
    return (JSON.parse(text) as V1Pod).status?.containerStatuses?.[0]?.state;
  }

  const log = async (name: string) => (await ground.api.call('GET', `/pods/${name}/log`)).text;

  /** Its exit code and everything it logged. */
  async function ended(name: string): Promise<{code: number; output: string}> {
    const code = await until(`${name} has ended`, async () => {
      const ending = (await state(name))?.terminated;
      return ending && {value: ending.exitCode};
    });
    return {code: code.value, output: (await log(name)).replaceAll('\r', '')};
  }

  async function inside(name: string, command: string): Promise<string> {
    await until(`${name} runs`, async () => (await state(name))?.running !== undefined);
    return (await execInPod(ground.target, name, ['sh', '-c', command])).stdout;
  }

  it('runs words as they are, and logs to the last of them', async () => {
    await run('words', {args: ['printf', '<%s>\n', 'a b', '$$(HOME);', 'last;']});
    expect(await ended('words')).toEqual({code: 0, output: '<a b>\n<$(HOME);>\n<last;>\n'});
  });

  it('runs a line of shell where it is told to, with the overlay there, and ends as it ends', async () => {
    const AGENT_COMMAND = 'pwd; cat /workspace/baked.txt; exit 7';
    await run('line', {env: {AGENT_COMMAND, GC_DIR: '/workspace/deep/er'}});
    expect(await ended('line')).toEqual({code: 7, output: '/workspace/deep/er\nof the image\n'});
  });

  it('waits in a shell where another may attach, with a PID 1 that reaps', async () => {
    await run('shell', {});
    await until('tmux is up', async () => (await inside('shell', 'tmux ls')).startsWith('main:'));
    expect(await inside('shell', 'cat /proc/1/comm; id -u')).toBe('tini\n1000\n');
    // It ends after the process that began it.
    await inside('shell', '(sh -c "sleep 0.1; : >/tmp/orphaned" & exec true) & wait');
    await until('what was left has ended', async () =>
      (await inside('shell', 'ls /tmp/orphaned')).includes('orphaned'),
    );
    await until(
      'no zombie is left',
      async saw => saw(await inside('shell', "ps -eo stat= | grep -c '^Z'")) === '0\n',
    );
  });

  it('passes on the signal that stops it, and tells how the agent ended', async () => {
    const script = 'trap "echo told; exit 5" TERM; echo up; while :; do sleep 0.1; done';
    await run('stopped', {args: ['bash', '-c', script]});
    await until('it is up', async () => (await log('stopped')).includes('up'));
    await inside('stopped', 'kill -TERM 1');
    const {code, output} = await ended('stopped');
    expect(code).toBe(5);
    // The shell tells of its own child that got the signal too.
    expect(output).toMatch(/^up\n[^]*told\n$/);
  });

  it('shows the agent at once on a terminal of its own', async () => {
    await run('terminal', {args: ['sh', '-c', 'echo seen; sleep 1000'], tty: true});
    await until('it is shown', async () => (await log('terminal')).includes('seen'));
    expect(await inside('terminal', 'tmux list-clients')).toMatch(/^\/dev\/.+: main/);
  });

  it('says which directory it cannot work in', async () => {
    await run('directory', {env: {GC_DIR: '/root/work'}});
    const {code, output} = await ended('directory');
    expect(code).toBe(1);
    expect(output).toMatch(/^gc-agent-entrypoint: cannot work in \/root\/work: .*GC_DIR.*\n$/);
  });
});

import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {operations} from '../../../src/session/operations.ts';
import {accountKubeconfig} from '../kit/account.ts';
import {create, shippedManifests} from '../kit/manifests.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {openTerminal} from '../kit/terminal.ts';
import {BUILD_MS, built, describeImages, PLAIN_AGENT} from './images.ts';
import {enforceRestricted} from './namespace.ts';

describeImages('an agent of the shipped image, restricted, by the controller’s account', () => {
  let ground: Playground;
  let env: Record<string, string> = {};
  beforeAll(async () => {
    const image = await built(PLAIN_AGENT);
    ground = await openPlayground('images-agent');
    await enforceRestricted(ground);
    for (const manifest of shippedManifests('rbac.yaml', ground.namespace)) {
      await create(ground, manifest);
    }
    await create(ground, {
      ...{apiVersion: 'v1', kind: 'Secret', stringData: {'.credentials.json': '{}'}},
      metadata: {name: 'claude-credentials', namespace: ground.namespace},
    });
    env = {
      KUBECONFIG: await accountKubeconfig(ground, 'gc-controller'),
      GC_K8S_IMAGE: image,
      GC_K8S_IMAGE_PULL_POLICY: 'Never',
      GC_K8S_POD_SECURITY: 'restricted',
      GC_K8S_IMAGE_HAS_TOOLING: 'true',
    };
    await ground.start('a', {command: 'cat'}, {env});
  }, BUILD_MS);
  afterAll(() => ground.close());

  const gc = async (operation: string, args: readonly string[] = [], stdin = '') =>
    succeeded(await ground.gc([operation, ...args], {stdin, env})).stdout;
  const exec = (command: string) => gc('exec', ['a'], command);

  const file = () => {
    const path = join(ground.directory, 'file');
    writeFileSync(path, 'copied');
    return path;
  };

  /** Every operation, in an order in which each has what it needs. */
  const CALLS: Readonly<Record<keyof typeof operations, () => Promise<void>>> = {
    protocol: async () => expect(await gc('protocol')).toContain('env.tooling'),
    'check-image': async () => expect(await gc('check-image', [PLAIN_AGENT.name])).toBe(''),
    start: async () => {
      await ground.start('b', {command: 'bash'}, {env});
    },
    'is-running': async () => expect(await gc('is-running', ['a'])).toBe('true\n'),
    'list-running': async () => expect(await gc('list-running', [''])).toBe('a\nb\n'),
    'process-alive': async () => expect(await gc('process-alive', ['a'], 'cat')).toBe('true\n'),
    nudge: async () => {
      await gc('nudge', ['a'], 'hello');
    },
    peek: async () => {
      await until('it is shown', async () => (await gc('peek', ['a'])).includes('hello'));
    },
    'watch-startup': async () => {
      const watch = ground.launch(['watch-startup', 'a'], {env});
      await new Promise<void>(resolve => watch.onOutput(() => resolve()));
      watch.signal('SIGKILL');
      await watch.done;
    },
    'send-keys': async () => {
      await gc('send-keys', ['a', 'k', 'e', 'y', 'Enter']);
      await until('it is typed', async () => (await gc('peek', ['a'])).includes('key'));
    },
    attach: async () => {
      const terminal = await openTerminal(ground, 'a', {env});
      await until('the terminal is shown', () => terminal.shown().includes('hello'));
      terminal.type('\x02d');
      expect(await terminal.ended).toEqual({code: 0, isRestored: true});
    },
    'is-attached': async () => expect(await gc('is-attached', ['a'])).toBe('false\n'),
    'clear-scrollback': async () => expect(await gc('clear-scrollback', ['a'])).toBe(''),
    'get-last-activity': async () => expect(await gc('get-last-activity', ['a'])).toContain('T'),
    'set-meta': async () => expect(await gc('set-meta', ['a', 'K'], 'value')).toBe(''),
    'get-meta': async () => expect(await gc('get-meta', ['a', 'K'])).toBe('value'),
    'remove-meta': async () => {
      await gc('remove-meta', ['a', 'K']);
      expect(await gc('get-meta', ['a', 'K'])).toBe('');
    },
    'copy-to': async () => expect(await gc('copy-to', ['a', file(), 'deep/f'])).toBe(''),
    'copy-from': async () => expect(await gc('copy-from', ['a', 'deep/f'])).toBe('copied'),
    exec: async () => expect(await exec('whoami; id -u; pwd')).toBe('agent\n1000\n/workspace\n'),
    provision: async () => {
      succeeded(await ground.gc(['provision', 'box'], {stdin: '{}', env}));
      await gc('exec', ['box'], 'tmux new-session -d -s main cat');
      expect(await gc('is-running', ['box'])).toBe('true\n');
    },
    interrupt: async () => {
      await gc('interrupt', ['a']);
      await until('cat is over', async () => (await gc('is-running', ['a'])) === 'false\n');
    },
    stop: async () => {
      for (const session of ['a', 'b', 'box']) await gc('stop', [session]);
      expect(await gc('list-running', [''])).toBe('');
    },
  };

  it('has gc, bd, git and what a terminal needs, and nothing that only a build needs', async () => {
    expect(await exec('gc version; bd version')).toBe('gc stand-in 1.0\nbd stand-in 1.0\n');
    expect(await exec('tmux -V; git --version; bash --version | head -n 1; ps --version')).toMatch(
      /^tmux 3[^]*git version 2[^]*bash, version 5[^]*ps from/,
    );
    const tools = 'npm node go gcc cc make sudo kubectl helm claude codex gemini';
    expect(await exec(`command -v ${tools}; find / -xdev -name .env 2>/dev/null; echo end`)).toBe(
      'end\n',
    );
  });

  it('is smaller than 500 MB', async () => {
    expect(Number(await exec('du -sxm / 2>/dev/null | cut -f 1'))).toBeLessThan(500);
  });

  it('finds what was built into the image for it, but what it brings itself comes before', async () => {
    expect(await exec('cat baked.txt')).toBe('of the image\n');
    const own = join(ground.directory, 'baked.txt');
    writeFileSync(own, 'of the session\n');
    const request = {command: 'cat', copy_files: [{src: own, rel_dst: 'baked.txt'}]};
    await ground.start('own', request, {env});
    expect(await gc('exec', ['own'], 'cat baked.txt')).toBe('of the session\n');
    await gc('stop', ['own']);
  });

  it('sees the workspace of the image when that is prebaked', async () => {
    const prebaked = {...env, GC_K8S_PREBAKED: 'true'};
    await ground.start('prebaked', {command: 'cat'}, {env: prebaked});
    const {stdout} = succeeded(
      await ground.gc(['exec', 'prebaked'], {env, stdin: 'findmnt -n /workspace; stat -c %U .'}),
    );
    expect(stdout).toBe('agent\n');
    await gc('stop', ['prebaked']);
  });

  it('reads its credentials, and has no account of the cluster’s', async () => {
    expect(await exec('cat "$CLAUDE_CONFIG_DIR/.credentials.json"')).toBe('{}');
    expect(await exec('stat -c %a "$CLAUDE_CONFIG_DIR/.credentials.json"')).toBe('600\n');
    expect(await exec('ls /var/run/secrets 2>/dev/null; echo')).toBe('\n');
  });

  it('is called by each operation there is', () => {
    expect(Object.keys(CALLS).toSorted()).toEqual(Object.keys(operations).toSorted());
  });

  it.for(Object.entries(CALLS))('serves %s', ([, call]) => call());
});

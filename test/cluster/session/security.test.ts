import {mkdtempSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {beforeNextTry} from '../kit/tries.ts';

const RESTRICTED = {GC_K8S_POD_SECURITY: 'restricted', GC_K8S_RUN_AS_USER: '1000'};

describe('a namespace that enforces Pod Security "restricted"', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('restricted');
    await ground.api.callAt(
      `/api/v1/namespaces/${ground.namespace}`,
      'PATCH',
      {metadata: {labels: {'pod-security.kubernetes.io/enforce': 'restricted'}}},
      {'content-type': 'application/merge-patch+json'},
    );
    await begin();
  });
  afterAll(() => ground.close());

  async function begin(): Promise<void> {
    const work = mkdtempSync(join(ground.directory, 'work-'));
    writeFileSync(join(work, 'file'), 'staged');
    await ground.start(
      'a',
      {
        command: 'cat',
        work_dir: work,
        env: {API_TOKEN: 'hidden'},
        pre_start: ['touch /workspace/pre ~/home-pre'],
        session_setup: ['touch /workspace/setup'],
      },
      {env: RESTRICTED},
    );
  }

  const gc = async (operation: string, args: string[] = [], stdin = '') =>
    succeeded(await ground.gc([operation, 'a', ...args], {stdin})).stdout;

  it('is passed, with an identity, a home and a workspace', async () => {
    expect(await gc('exec', [], 'whoami; id -u; touch here && cat file; ls /workspace ~')).toMatch(
      /^(?!root)\w+\n1000\nstaged/,
    );
    expect(await gc('exec', [], 'echo "$API_TOKEN"; cd ~ && touch x && ls')).toMatch(/^hidden\n/);
    expect(await gc('exec', [], 'ls /workspace')).toMatch(/pre\n[^]*setup/);
    expect(
      await gc('exec', [], 'git config --global user.name x && git init -q r && ls -d r'),
    ).toBe('r\n');
  });

  it('serves every operation', async () => {
    beforeNextTry(async () => {
      await gc('stop');
      await begin();
    });
    expect(await gc('is-running')).toBe('true\n');
    await gc('nudge', [], 'hello');
    await ground.screen('a', text => text.includes('hello'));
    await gc('send-keys', ['x', 'Enter']);
    await gc('set-meta', ['K'], 'value');
    expect(await gc('get-meta', ['K'])).toBe('value');
    await gc('remove-meta', ['K']);
    expect(await gc('process-alive', [], '^cat$')).toBe('true\n');
    expect(await gc('is-attached')).toBe('false\n');
    expect(await gc('get-last-activity')).toContain('T');
    await gc('clear-scrollback');
    writeFileSync(join(ground.directory, 'f'), 'copied');
    await gc('copy-to', [join(ground.directory, 'f'), 'deep/f']);
    expect(await gc('copy-from', ['deep/f'])).toBe('copied');
    const watch = ground.launch(['watch-startup', 'a']);
    await new Promise<void>(resolve => watch.onOutput(() => resolve()));
    watch.signal('SIGKILL');
    await watch.done;
    await until('it is logged', async () =>
      (await ground.api.call('GET', '/pods/a/log')).text.includes('hello'),
    );
    await gc('interrupt');
    await until('cat is over', async () => (await gc('is-running')) === 'false\n');
    await gc('stop');
  });

  it('mounts Claude credentials that this user can read', async () => {
    await ground.api.call('POST', '/secrets', {
      metadata: {name: 'claude-credentials'},
      stringData: {'.credentials.json': '{}'},
    });
    await ground.start('c', {command: 'cat'}, {env: RESTRICTED});
    const {stdout} = succeeded(
      await ground.gc(['exec', 'c'], {stdin: 'cat "$CLAUDE_CONFIG_DIR/.credentials.json"'}),
    );
    expect(stdout).toBe('{}');
  });

  it('takes a pod with a read-only root file system, in which not even /tmp can be written', async () => {
    const template = join(ground.directory, 'template.yaml');
    writeFileSync(
      template,
      'spec:\n  containers:\n    - name: agent\n      securityContext: {readOnlyRootFilesystem: true}\n',
    );
    const env = {...RESTRICTED, GC_K8S_POD_TEMPLATE: template};
    await ground.start('d', {command: 'cat'}, {env});
    expect((await ground.shell('d', 'touch /tmp/file')).code).not.toBe(0);
    succeeded(await ground.gc(['nudge', 'd'], {stdin: `${'a line\n'.repeat(6000)}the end`}));
    await ground.screen('d', text => text.trimEnd().endsWith('\nthe end'));
  });

  it('explains why it does not take a pod of the default settings', async () => {
    const {code, stderr} = await ground.gc(['start', 'b'], {stdin: '{}'});
    expect(code).toBe(1);
    expect(stderr).toMatch(/restricted/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(await ground.podOf('b')).toBeUndefined();
  });

  it('explains an image whose user is root', async () => {
    const user = (await ground.shell('c', 'id -u 0')).code;
    expect(user).toBe(0);
    const env = {GC_K8S_POD_SECURITY: 'restricted'};
    const {code, stderr} = await ground.gc(['start', 'root'], {stdin: '{"command":"cat"}', env});
    if (code === 0) return; // The image has a user of its own.
    expect(stderr).toMatch(/root/);
    expect(stderr).toMatch(/GC_K8S_RUN_AS_USER|runAsNonRoot|non-root/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    await ground.gone('root');
  });
});

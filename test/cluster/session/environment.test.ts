import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';

const SECRET = 'planted-secret-value';

describe('environment and identity', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('env')));
  afterAll(() => ground.close());

  async function variables(session: string): Promise<Record<string, string>> {
    const {stdout} = succeeded(await ground.gc(['exec', session], {stdin: 'env -0'}));
    const pairs = stdout.split('\0').filter(Boolean);
    return Object.fromEntries(
      pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
  }

  it('passes on what agents need, mapped, and nothing else', async () => {
    await ground.start('a', {
      command: 'cat',
      work_dir: '/home/u/city/rigs/one',
      env: {
        ...{
          GC_CITY: '/home/u/city',
          GC_CITY_PATH: '/home/u/city',
          GC_RIG_ROOT: '/home/u/city/rigs/one',
        },
        ...{
          GC_SESSION: 'a',
          GC_ALIAS: 'city/al ias',
          GC_AGENT: 'x',
          BEADS_DIR: '',
          GT_ROOT: '/elsewhere',
        },
        ...{
          PATH: '/nowhere',
          HOME: '/home/u',
          SSH_AUTH_SOCK: '/x',
          XDG_RUNTIME_DIR: '/x',
          SHELL: '/x',
        },
        ...{GC_BEADS: 'x', GC_EVENTS: 'exec:x', GC_K8S_IMAGE: 'x', GC_MAIL: 'x', GC_BIN: '/x'},
        ...{ODD: 'a "b" \'c\' $(id) $HOME `x`\nline two', REF: '$(GC_SESSION)', DOLLARS: '$$x'},
        ...{GC_DOLT_PORT: '3307'},
      },
    });
    const env = await variables('a');
    expect(env).toMatchObject({
      ...{GC_CITY: '/workspace', GC_CITY_PATH: '/workspace', GC_RIG_ROOT: '/workspace/rigs/one'},
      ...{GC_DIR: '/workspace/rigs/one', GC_SESSION: 'a', GC_ALIAS: 'city/al ias', BEADS_DIR: ''},
      ...{GT_ROOT: '/elsewhere', GC_TMUX_SESSION: 'main', REF: '$(GC_SESSION)', DOLLARS: '$$x'},
      ODD: 'a "b" \'c\' $(id) $HOME `x`\nline two',
      GC_DOLT_HOST: `dolt.${ground.namespace}.svc.cluster.local`,
      ...{GC_DOLT_PORT: '3307', BEADS_DOLT_SERVER_PORT: '3307'},
    });
    expect(env.PATH).not.toBe('/nowhere');
    expect(env.HOME).not.toBe('/home/u');
    expect(env.CLAUDE_CONFIG_DIR).toBe(`${env.HOME ?? ''}/.claude`);
    for (const name of [
      'SSH_AUTH_SOCK',
      'XDG_RUNTIME_DIR',
      'GC_BEADS',
      'GC_EVENTS',
      'GC_MAIL',
      'GC_BIN',
    ]) {
      expect(env).not.toHaveProperty(name);
    }
    expect(Object.keys(env).filter(name => name.startsWith('GC_K8S_'))).toEqual([]);
    expect((await ground.podOf('a'))?.metadata?.labels?.['gc-agent']).toBe('city-al-ias');
    // What the agent itself has is the same.
    succeeded(
      await ground.gc(['exec', 'a'], {
        stdin: 'tr "\\0" "\\n" </proc/$(pgrep -x cat | head -1)/environ >/tmp/e',
      }),
    );
    expect((await ground.shell('a', 'grep -c . /tmp/e')).stdout).not.toBe('0\n');
  });

  it('keeps secrets out of the pod, its annotations, its log and every argument list', async () => {
    const names = ['API_TOKEN', 'AWS_KEY', 'MY_SECRET_X', 'DB_PASSWORD', 'ANTHROPIC_BASE_URL'];
    await ground.start('b', {
      command: 'echo "key is $API_TOKEN" | tr a-z A-Z; cat',
      env: Object.fromEntries(names.map(name => [name, SECRET])),
    });
    await ground.screen('b', text => text.includes(`KEY IS ${SECRET.toUpperCase()}`));
    const env = await variables('b');
    expect(names.map(name => env[name])).toEqual(names.map(() => SECRET));
    expect(JSON.stringify(await ground.podOf('b'))).not.toContain(SECRET);
    expect((await ground.api.call('GET', '/pods/b/log')).text).not.toContain(SECRET);
    expect((await ground.api.call('GET', '/events')).text).not.toContain(SECRET);
    expect((await ground.shell('b', 'ps axww -o args')).stdout).not.toContain(SECRET);
    expect((await ground.shell('b', 'tr "\\0" "\\n" </proc/1/environ')).stdout).not.toContain(
      SECRET,
    );
    const where = (
      await ground.shell('b', `grep -rl ${SECRET} /run/gc /tmp /workspace`)
    ).stdout.trim();
    const modes = (await ground.shell('b', `stat -c '%a %U' ${where.replaceAll('\n', ' ')}`))
      .stdout;
    expect(new Set(modes.trim().split('\n'))).toEqual(new Set(['600 root']));
  });

  it('mounts credentials where there are some, and starts without', async () => {
    const claude = (await ground.shell('a', 'ls -A "$HOME/.claude"')).stdout;
    expect(claude).toBe('');
    await ground.api.call('POST', '/secrets', {
      metadata: {name: 'claude-credentials'},
      stringData: {'.credentials.json': '{"k":1}', 'settings.json': '{}'},
    });
    await ground.api.call('POST', '/secrets', {
      metadata: {name: 'git-credentials'},
      stringData: {token: 'ghp_planted'},
    });
    await ground.start('c', {command: 'cat'});
    const env = await variables('c');
    expect(env.GITHUB_TOKEN).toBe('ghp_planted');
    const script =
      'cd "$CLAUDE_CONFIG_DIR" && cat .credentials.json && echo x >>.credentials.json && ls -A';
    const {code, stdout} = await ground.gc(['exec', 'c'], {stdin: script});
    expect({code, stdout}).toEqual({code: 0, stdout: '{"k":1}.credentials.json\nsettings.json\n'});
    expect(JSON.stringify(await ground.podOf('c'))).not.toContain('ghp_planted');
  });

  it('projects the Dolt server that the payload or the settings name', async () => {
    await ground.start('d', {
      command: 'cat',
      env: {GC_DOLT_HOST: 'db.example', GC_DOLT_PORT: '4000'},
    });
    expect(await variables('d')).toMatchObject({
      ...{GC_DOLT_HOST: 'db.example', GC_DOLT_PORT: '4000'},
      ...{BEADS_DOLT_SERVER_HOST: 'db.example', BEADS_DOLT_SERVER_PORT: '4000'},
    });
    await ground.start(
      'e',
      {command: 'cat', env: {GC_DOLT_HOST: 'localhost', GC_DOLT_PORT: '1'}},
      {env: {GC_K8S_DOLT_HOST: 'other', GC_K8S_DOLT_PORT: '5', GC_K8S_MCP_MAIL_HOST: 'mail'}},
    );
    expect(await variables('e')).toMatchObject({
      ...{GC_DOLT_HOST: 'other', GC_DOLT_PORT: '5', GC_MCP_MAIL_URL: 'http://mail:8765'},
    });
    await ground.start('f', {command: 'cat'}, {env: {GC_DOLT_HOST: 'mine', GC_DOLT_PORT: '9'}});
    const names = Object.keys(await variables('f'));
    expect(names.filter(name => /DOLT|MAIL/.test(name))).toEqual([]);
  });

  it('passes scheduling and resources to the pod', async () => {
    await ground.start(
      'g',
      {command: 'cat'},
      {
        env: {
          GC_K8S_TOLERATIONS: '[{"key":"k","operator":"Exists"}]',
          GC_K8S_AFFINITY: '{"podAntiAffinity":{}}',
          GC_K8S_NODE_SELECTOR: '{"kubernetes.io/os":"linux"}',
          GC_K8S_CPU_LIMIT: '500m',
          GC_K8S_MEM_LIMIT: '256Mi',
          GC_K8S_IMAGE_PULL_SECRETS: 'one,two',
        },
      },
    );
    const spec = (await ground.podOf('g'))?.spec;
    expect(spec?.tolerations).toContainEqual({key: 'k', operator: 'Exists'});
    expect(spec?.nodeSelector).toEqual({'kubernetes.io/os': 'linux'});
    expect(spec?.imagePullSecrets).toEqual([{name: 'one'}, {name: 'two'}]);
    expect(spec?.containers[0]?.resources?.limits).toEqual({cpu: '500m', memory: '256Mi'});
    expect(spec?.initContainers).toBeUndefined();
    const token = await ground.shell('g', 'ls /var/run/secrets/kubernetes.io');
    expect(token.code).not.toBe(0);
  });
});

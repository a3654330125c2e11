import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {readKubeconfig} from '../real-cluster.ts';

describe('the way to the cluster', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('access');
    await ground.start('a', {command: 'cat'});
  });
  afterAll(() => ground.close());

  function writeConfig(name: string, more: object): string {
    const path = join(ground.directory, `${name}.kubeconfig`);
    const config = readKubeconfig();
    const current = config.contexts.find(context => context.name === config['current-context']);
    const cluster = current?.context.cluster;
    const whole = {
      ...config,
      contexts: [{name: 'only', context: {cluster, user: 'user', namespace: 'not-this'}}],
      'current-context': 'only',
      ...more,
    };
    writeFileSync(path, JSON.stringify(whole), {mode: 0o600});
    return path;
  }

  it('lists the contexts there are for one that is not', async () => {
    const {code, stderr} = await ground.gc(['is-running', 'a'], {env: {GC_K8S_CONTEXT: 'nope'}});
    expect(code).toBe(1);
    expect(stderr).toContain('nope');
    expect(stderr).toContain(readKubeconfig()['current-context']);
  });

  it('takes a list of kubeconfigs, and a context of the second', async () => {
    const first = writeConfig('first', {
      contexts: [],
      'current-context': 'gone',
      clusters: [],
      users: [],
    });
    const KUBECONFIG = `${first}:${process.env.KUBECONFIG ?? ''}`;
    const env = {KUBECONFIG, GC_K8S_CONTEXT: readKubeconfig()['current-context']};
    const {stdout} = succeeded(await ground.gc(['is-running', 'a'], {env}));
    expect(stdout).toBe('true\n');
  });

  it('works in the namespace of the settings alone', async () => {
    const other = await openPlayground('other');
    onTestFinished(() => other.close());
    await other.start('elsewhere', {command: 'cat'});
    expect(succeeded(await other.gc(['list-running', ''])).stdout).toBe('elsewhere\n');
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).toBe('a\n');
    expect(succeeded(await ground.gc(['is-running', 'elsewhere'])).stdout).toBe('false\n');
  });

  it('needs neither image nor cluster for what does not', async () => {
    const env = {GC_K8S_IMAGE: undefined};
    expect(succeeded(await ground.gc(['is-running', 'a'], {env})).stdout).toBe('true\n');
    const nothing = {KUBECONFIG: '/no/such/file'};
    const {stdout} = succeeded(await ground.gc(['protocol'], {env: nothing}));
    expect(JSON.parse(stdout)).toMatchObject({
      version: 0,
      capabilities: expect.arrayContaining([
        ...['report-attachment', 'report-activity', 'proc.exec', 'env.workspace', 'env.identity'],
      ]) as string[],
    });
    expect((await ground.gc([], {env: nothing})).code).toBe(1);
    expect((await ground.gc(['--version'], {env: nothing})).code).toBe(0);
    expect((await ground.gc(['--help'], {env: nothing})).stdout).toContain('list-running');
  });
});

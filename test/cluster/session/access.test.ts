import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {readKubeconfig} from '../real-cluster.ts';

const RULES = [
  {
    apiGroups: [''],
    resources: ['pods'],
    verbs: ['get', 'list', 'watch', 'create', 'delete', 'patch'],
  },
  {apiGroups: [''], resources: ['events'], verbs: ['list']},
];
const EXEC = {apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create']};

describe('the way to the cluster', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('access');
    await ground.start('a', {command: 'cat'});
  });
  afterAll(() => ground.close());

  const rbac = (kind: string, body: object) =>
    ground.api.callAt(
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${ground.namespace}/${kind}`,
      'POST',
      body,
    );

  /** A kubeconfig of a service account with these rules. */
  async function account(name: string, rules: object[]): Promise<string> {
    await ground.api.call('POST', '/serviceaccounts', {metadata: {name}});
    await rbac('roles', {metadata: {name}, rules});
    await rbac('rolebindings', {
      metadata: {name},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name},
      subjects: [{kind: 'ServiceAccount', name, namespace: ground.namespace}],
    });
    const {body} = await ground.api.call('POST', `/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {expirationSeconds: 3600},
    });
    const {token} = body.status as {token: string};
    return writeConfig(name, {users: [{name: 'user', user: {token}}]});
  }

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

  it('needs no more rights than these', async () => {
    const env = {KUBECONFIG: await account('enough', [...RULES, EXEC])};
    await ground.start('b', {command: 'cat'}, {env});
    for (const [operation = '', ...args] of [
      ['is-running'],
      ['nudge'],
      ['peek'],
      ['set-meta', 'K'],
      ['get-meta', 'K'],
      ['exec'],
      ['check-image'],
      ['stop'],
    ]) {
      succeeded(await ground.gc([operation, 'b', ...args], {env, stdin: 'true'}));
    }
    succeeded(await ground.gc(['list-running'], {env}));
  });

  it.each([
    ['exec', [...RULES, {...EXEC, verbs: ['create']}], ['get', 'pods/exec']],
    ['exec', RULES, ['get', 'pods/exec']],
    ['start', [{...RULES[0], verbs: ['get', 'list', 'watch']}, EXEC], ['create', 'pods']],
    ['list-running', [EXEC], ['list', 'pods']],
  ])('names what %s lacks', async (operation, rules, words) => {
    const name = `lacks-${Math.random().toString(36).slice(2, 8)}`;
    const env = {KUBECONFIG: await account(name, rules)};
    const session = operation === 'start' ? 'c' : 'a';
    const stdin = operation === 'start' ? '{}' : 'true';
    const {code, stderr} = await ground.gc([operation, session], {env, stdin});
    expect([1, 255]).toContain(code);
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('works in the namespace of the settings alone', async () => {
    const other = await openPlayground('other');
    await other.start('elsewhere', {command: 'cat'});
    expect(succeeded(await other.gc(['list-running', ''])).stdout).toBe('elsewhere\n');
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).toBe('a\n');
    expect(succeeded(await ground.gc(['is-running', 'elsewhere'])).stdout).toBe('false\n');
    await other.close();
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

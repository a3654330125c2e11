import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {agent} from '../kit/agents.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {ended, gcK8s, lastSeen} from './kit.ts';

const MERGE = {'content-type': 'application/merge-patch+json'};

describe('a run’s state', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('runlife-states')));
  afterAll(() => ground.close());

  it.each([
    ['ok', agent('ok'), {state: 'success', reason: 'completed', exitCode: 0}],
    ['three', agent('fail'), {state: 'failed', reason: 'exit_code', exitCode: 3}],
    ['killed', 'kill -9 $$', {state: 'failed', reason: 'signal', exitCode: 137, signal: 9}],
    ['terminated', 'kill -TERM $$', {state: 'failed', reason: 'signal', exitCode: 143, signal: 15}],
  ])('%s', async (session, command, wanted) => {
    await ground.start(session, {command, lifecycle: 'one_shot'});
    const run = await ended(ground, session);
    expect(run).toMatchObject({...wanted, session});
    expect(run.history.map(change => change.state)).toEqual([
      ...['created', 'starting', 'running'],
      wanted.state,
    ]);
    const times = run.history.map(({at}) => Date.parse(at));
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
    expect(run.workspaceBytes).toBeGreaterThan(0);
  });

  it('shows the last lines, but not one with a secret', async () => {
    const command = 'echo first; echo "the key is $A_TOKEN, really"; echo last; exit 1';
    const env = {A_TOKEN: 'planted-secret'};
    await ground.start('teller', {command, env, lifecycle: 'one_shot'});
    const {lastLines, error} = await ended(ground, 'teller');
    expect(lastLines).toEqual(['first', '[a line with a secret]', 'last']);
    expect(error).toBe('the agent ended with exit code 1');
    const {text} = await ground.api.call('GET', '/pods');
    expect(text).not.toContain('planted-secret');
  });

  it('tells an agent that used up its memory', async () => {
    const env = {GC_K8S_MEM_LIMIT: '64Mi'};
    await ground.start('hog', {command: 'read line; tail /dev/zero'}, {env});
    succeeded(await ground.gc(['nudge', 'hog'], {stdin: 'go'}));
    const run = await ended(ground, 'hog');
    expect(run).toMatchObject({state: 'failed', reason: 'oom_killed', signal: 9});
    expect(run.error).toContain('GC_K8S_MEM_LIMIT');
  });

  it('ends an agent whose time is up, though nobody watches', async () => {
    const env = {GC_K8S_TIMEOUT: '10', GC_K8S_STOP_GRACE: '2'};
    await ground.start('late', {command: agent('hang')}, {env});
    await ground.start('later', {command: agent('ignore-int')}, {env});
    const late = await ended(ground, 'late');
    expect(late).toMatchObject({state: 'timeout', reason: 'timeout', exitCode: 5});
    expect(late.lastLines).toEqual(['up', 'got INT']);
    const later = await ended(ground, 'later');
    expect(later).toMatchObject({state: 'timeout', reason: 'timeout'});
    expect(later.exitCode).toBeUndefined();
    expect(later.durationSeconds).toBeGreaterThanOrEqual(12);
    const pod = await ground.podOf('later');
    expect(pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(124);
  });

  it('lets a child of the agent end as it wants when it is cancelled', async () => {
    await ground.start('asked', {command: `${agent('hang')}exit 6`});
    await ground.screen('asked', text => text.includes('up'));
    const {stdout} = succeeded(await gcK8s(ground, ['cancel', 'asked']));
    expect(stdout).toContain('SIGKILL follows after 30 s');
    expect(stdout).toMatch(/^session "asked" cancelled( \(exit code \d+\))?$/m);
    const run = await ended(ground, 'asked');
    expect(run).toMatchObject({state: 'cancelled', reason: 'cancelled', exitCode: 6});
    expect(run.lastLines).toContain('got INT');
    const again = await gcK8s(ground, ['cancel', 'asked']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('no agent that runs')]);
  });

  it('ends the job of an interactive shell, too', async () => {
    await ground.start('shell', {}, {env: {GC_K8S_STOP_GRACE: '1'}});
    succeeded(await ground.gc(['nudge', 'shell'], {stdin: 'sleep 1000'}));
    succeeded(await gcK8s(ground, ['cancel', 'shell']));
    expect(await ended(ground, 'shell')).toMatchObject({state: 'cancelled'});
  });

  it('is evicted when the Eviction API says so', async () => {
    await ground.start('evictee', {command: 'cat'});
    const name = (await ground.podOf('evictee'))?.metadata?.name ?? '';
    const body = {apiVersion: 'policy/v1', kind: 'Eviction', metadata: {name}};
    const seen = lastSeen(ground, name, ({reason}) => reason === 'evicted');
    const {status} = await ground.api.call('POST', `/pods/${name}/eviction`, body);
    expect(status).toBe(201);
    const run = await seen;
    expect(run.state).toBe('failed');
    expect(run.error).toContain('evicted by the cluster: EvictionByEvictionAPI');
  });

  it('is evicted by a NoExecute taint of its node, and its record says so', async () => {
    // All other pods tolerate this taint for five minutes (DefaultTolerationSeconds), and the node
    // controller takes it from a node that is well.
    const taint = {key: 'node.kubernetes.io/unreachable', effect: 'NoExecute'};
    const toleration = {...taint, operator: 'Exists', tolerationSeconds: 0};
    const env = {GC_K8S_TOLERATIONS: JSON.stringify([toleration])};
    await ground.start('tainted', {command: 'cat', lifecycle: 'one_shot'}, {env});
    const {metadata, spec} = (await ground.podOf('tainted')) ?? {};
    const node = spec?.nodeName ?? '';
    const setTaints = async (taints: object[]) => {
      const {status} = await ground.api.callAt(
        `/api/v1/nodes/${node}`,
        'PATCH',
        {spec: {taints}},
        MERGE,
      );
      expect(status).toBe(200);
    };
    const seen = lastSeen(ground, metadata?.name ?? '', ({reason}) => reason === 'evicted');
    await setTaints([taint]);
    try {
      const run = await seen;
      expect(run.state).toBe('failed');
      expect(run.error).toContain('DeletionByTaintManager');
      await ground.gone('tainted');
    } finally {
      await setTaints([]);
    }
    succeeded(await gcK8s(ground, ['prune']));
    const {text} = await ground.api.call('GET', '/configmaps?labelSelector=gc-session%3Dtainted');
    expect(text).toContain('\\"reason\\":\\"evicted\\"');
  });

  it('has all of its output in the log, and in kubectl logs', async () => {
    await ground.start('chatty', {command: agent('chatty')});
    const tail = 'tail -n 1 /run/gc/output/agent.log; grep -c "" /run/gc/output/agent.log';
    await until('all is in the log', async () => {
      const {stdout} = await ground.shell('chatty', tail);
      return stdout.replaceAll('\r', '') === '100000\n100000\n';
    });
    succeeded(await ground.gc(['nudge', 'chatty'], {stdin: 'end'}));
    await ended(ground, 'chatty');
    const name = (await ground.podOf('chatty'))?.metadata?.name ?? '';
    const {text} = await ground.api.call('GET', `/pods/${name}/log?tailLines=20`);
    expect(text).toContain('100000');
  });

  it('gives the agent its context', async () => {
    const env = {GC_AGENT: 'demo/reader', A_TOKEN: 'planted-secret'};
    const command = 'echo was here; exit 4 # planted-secret';
    await ground.start('reader', {command: 'read line; ' + command, env});
    succeeded(await ground.gc(['nudge', 'reader'], {stdin: 'go'}));
    await ended(ground, 'reader');
    await ground.start('reader', {command: 'cat', env});
    const pod = await ground.podOf('reader');
    const file = async (name: string) =>
      (await ground.shell('reader', `cat /run/gc/context/${name}`)).stdout;
    expect(JSON.parse(await file('session.json'))).toMatchObject({
      ...{name: 'reader', runId: pod?.metadata?.uid, agent: 'demo/reader', workDir: '/workspace'},
      namespace: ground.namespace,
    });
    expect(JSON.parse(await file('start.json'))).toMatchObject({env: {A_TOKEN: '***'}});
    expect(JSON.parse(await file('cluster.json'))).toMatchObject({node: pod?.spec?.nodeName});
    expect(await file('previous.log')).toContain('was here');
    const {stdout} = await ground.shell('reader', 'stat -c %a /run/gc; ls -d /run/secrets/k* 2>&1');
    expect(stdout).toMatch(/^700\n.*No such file/);
  });
});

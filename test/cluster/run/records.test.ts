import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../../src/run/run.ts';
import {agent} from '../kit/agents.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {ended, gcK8s} from './kit.ts';
import {beforeNextTry} from '../kit/tries.ts';

const SECRET = 'planted-secret-value';

describe('twenty one-shot runs at once', () => {
  let ground: Playground;
  const names = Array.from({length: 20}, (_, at) => `shot-${at}`);
  const fails = (name: string) => /[048]$/.test(name);
  const failing = names.filter(fails).length;
  const grounds: Playground[] = [];
  afterAll(() => Promise.all(grounds.map(each => each.close())));

  const records = async () => {
    const {text} = await ground.api.call(
      'GET',
      '/configmaps?labelSelector=gc/component%3Dsession-result',
    );
    const {items} = JSON.parse(text) as {items: {data: {result: string}}[]};
    return items.map(({data}) => JSON.parse(data.result) as Run);
  };
  const metrics = async () => succeeded(await gcK8s(ground, ['metrics'])).stdout;

  /** Lets them run in a namespace of their own, where they are all that is counted. */
  async function runAll(): Promise<void> {
    grounds.push((ground = await openPlayground('runlife-records')));
    const env = {ANTHROPIC_API_KEY: SECRET};
    const command = agent('artifacts');
    await Promise.all(names.map(name => ground.start(name, {command, env, lifecycle: 'one_shot'})));
    for (const name of names) {
      const run = await ended(ground, name);
      expect([name, run.state]).toEqual([name, fails(name) ? 'failed' : 'success']);
    }
  }

  async function fetchAll(): Promise<void> {
    for (const name of names) {
      const directory = join(ground.directory, name);
      const {stderr} = succeeded(await gcK8s(ground, ['artifacts', name, directory]));
      expect(stderr).toContain('leak is a link that leads out');
    }
  }

  it('end each as it should', runAll);

  it('leave artifacts that arrive whole, each its own, and no link that leads out', async () => {
    await fetchAll();
    for (const name of names) {
      const directory = join(ground.directory, name);
      expect(readdirSync(directory).toSorted()).toEqual(['deep', 'name', 'sum']);
      expect(readFileSync(join(directory, 'name'), 'utf8')).toBe(`${name}\n`);
      const random = readFileSync(join(directory, 'deep/random'));
      const sum = createHash('sha256').update(random).digest('hex');
      expect(readFileSync(join(directory, 'sum'), 'utf8')).toContain(sum);
    }
  });

  it('are counted before and after their pods are gone, and after their records are', async () => {
    beforeNextTry(async () => {
      await runAll();
      await fetchAll();
    });
    const counted = async () => {
      const text = await metrics();
      const number = (line: RegExp) => Number(line.exec(text)?.[1]);
      return {
        success: number(/^agent_runtime_invocations_total\{.*status="success"\} (\d+)$/m),
        failed: number(/^agent_runtime_invocations_total\{.*status="failed"\} (\d+)$/m),
        took: number(/^agent_runtime_duration_seconds_count\{.*status="success"\} (\d+)$/m),
        errors: number(/^agent_runtime_errors_total\{.*error_type="exit_code"\} (\d+)$/m),
        active: number(/^agent_runtime_active_agents\{.*\} (\d+)$/m),
      };
    };
    const ok = names.length - failing;
    const wanted = {success: ok, failed: failing, took: ok, errors: failing, active: 0};
    expect(await counted()).toEqual(wanted);

    // gc stops a run that is over: its pod goes, its record stays.
    await Promise.all(names.map(async name => succeeded(await ground.gc(['stop', name]))));
    await until('the pods are gone', async () => (await ground.pods()).length === 0);
    const kept = await records();
    expect(kept.map(({session}) => session).toSorted()).toEqual(names.toSorted());
    for (const run of kept) {
      expect(run.exitCode).toBe(fails(run.session) ? 3 : 0);
      expect(run.artifacts?.map(({path}) => path)).toEqual([
        '/run/gc/output/artifacts/deep/random',
        '/run/gc/output/artifacts/name',
        '/run/gc/output/artifacts/sum',
      ]);
      const random = readFileSync(join(ground.directory, run.session, 'deep/random'));
      const sum = createHash('sha256').update(random).digest('hex');
      expect(run.artifacts?.[0]).toMatchObject({size: 200_000, sha256: sum});
    }
    expect(await counted()).toEqual(wanted);

    const env = {GC_K8S_RETENTION_COUNT: '5'};
    const dry = succeeded(await gcK8s(ground, ['prune', '--dry-run', '-o', 'json'], env));
    const plan = JSON.parse(dry.stdout) as {records: Run[]; pods: Run[]};
    expect([plan.pods.length, plan.records.length]).toEqual([0, 15]);
    expect(await records()).toHaveLength(20);
    succeeded(await gcK8s(ground, ['prune'], env));
    const gone = new Set(plan.records.map(({id}) => id));
    expect((await records()).map(({id}) => id).toSorted()).toEqual(
      kept
        .map(({id}) => id)
        .filter(id => !gone.has(id))
        .toSorted(),
    );
    expect(await counted()).toEqual(wanted);
  });

  it('leave no secret anywhere', async () => {
    const everything = await Promise.all(
      ['/pods', '/configmaps', '/events'].map(
        async path => (await ground.api.call('GET', path)).text,
      ),
    );
    expect([...everything, await metrics()].join('\n')).not.toContain(SECRET);
  });
});

describe('the record of a run', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('runlife-record')));
  afterAll(() => ground.close());

  const records = async (session: string) => {
    const {text} = await ground.api.call(
      'GET',
      `/configmaps?labelSelector=gc-session%3D${session}`,
    );
    const {items} = JSON.parse(text) as {items: {data: {result: string}}[]};
    return items.map(({data}) => JSON.parse(data.result) as Run);
  };
  const prune = async (...args: string[]) => {
    const env = {GC_K8S_RESULT_EVENTS: '1'};
    return succeeded(await gcK8s(ground, ['prune', '-o', 'json', ...args], env)).stdout;
  };

  it('is kept with the pod as the policy says, and both go by age', async () => {
    const policies = ['delete', 'keep-failed', 'keep'];
    const runs = policies.flatMap(policy => [
      [`${policy}-ok`, policy],
      [`${policy}-bad`, policy],
    ]);
    await Promise.all(
      runs.map(async ([session = '', policy = '']) => {
        const command = session.endsWith('-bad') ? 'exit 3' : 'true';
        const env = {GC_K8S_RETENTION: policy};
        await ground.start(session, {command, lifecycle: 'one_shot'}, {env});
        await ended(ground, session);
        succeeded(await ground.gc(['stop', session]));
      }),
    );
    const left = await until('the pods that go are gone', async () => {
      const pods = (await ground.pods()).map(pod => pod.metadata?.name ?? '').toSorted();
      return pods.length === 3 && pods;
    });
    expect(left).toEqual(['keep-bad', 'keep-failed-bad', 'keep-ok']);
    for (const [session = ''] of runs) {
      expect(await records(session)).toMatchObject([
        {session, state: session.endsWith('-bad') ? 'failed' : 'success'},
      ]);
    }
    await prune('--older-than', '1h');
    expect(await ground.pods()).toHaveLength(3);
    await prune('--older-than', '1s');
    await until('all pods are gone', async () => (await ground.pods()).length === 0);
  });

  it('is what people are told once the pod is gone', async () => {
    const command =
      'echo kept >$GC_ARTIFACTS_DIR/kept; echo all well; echo "Error: last words"; exit 3';
    const env = {MY_TOKEN: SECRET};
    await ground.start('bygone', {command, env, lifecycle: 'one_shot'});
    await ended(ground, 'bygone');
    succeeded(await ground.gc(['stop', 'bygone']));
    await ground.gone('bygone');
    const gc = async (...args: string[]) => succeeded(await gcK8s(ground, args)).stdout;
    expect(JSON.parse(await gc('status', 'bygone', '-o', 'json'))).toMatchObject({
      sessions: [{session: 'bygone', state: 'failed', exitCode: 3, isPodGone: true}],
    });
    expect(await gc('status', 'bygone')).toMatch(
      /^bygone +failed +\d+s +0 +- +the agent ended with exit code 3; its pod is gone$/m,
    );
    expect(await gc('logs', 'bygone')).toMatch(/all well\nError: last words\n/);
    expect(await gc('logs', 'bygone', '--errors')).toMatch(
      /^- Error: last words\n\S+Z cluster: the agent ended with exit code 3\n$/,
    );
    expect(await gc('artifacts', 'bygone')).toMatch(/artifacts\/kept +5 /);
    const {code, stderr} = await gcK8s(ground, ['artifacts', 'bygone', ground.directory]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/is gone, and its artifacts .*\n$/)]);
    expect((await gcK8s(ground, ['status', 'nobody'])).stderr).toContain('there is no pod of');
  });

  it('tells of an image that is missing, once for each start', async () => {
    const env = {GC_K8S_IMAGE: 'registry.invalid/none:1'};
    const {code} = await ground.gc(['start', 'imageless'], {stdin: '{}', env});
    expect(code).toBe(1);
    expect(await records('imageless')).toMatchObject([{state: 'failed', reason: 'image_pull'}]);
    const {stdout} = succeeded(await gcK8s(ground, ['metrics']));
    expect(stdout).toMatch(/^agent_runtime_errors_total\{.*error_type="image_pull"\} 1$/m);
  });

  it('is told by the event log, once', async () => {
    await ground.start('newsworthy', {command: 'exit 5', lifecycle: 'one_shot'});
    const {id} = await ended(ground, 'newsworthy');
    await prune();
    await prune();
    const {text} = await ground.api.call('GET', '/configmaps?labelSelector=gc/component%3Devent');
    const {items} = JSON.parse(text) as {items: {data: {event: string}}[]};
    const events = items.map(({data}) => JSON.parse(data.event) as Record<string, unknown>);
    expect(events.filter(event => event.run_id === id)).toMatchObject([
      {
        ...{type: 'session.finished', subject: 'newsworthy'},
        payload: {state: 'failed', exitCode: 5},
      },
    ]);
  });

  it('is of each run of a session, with the next one started over it', async () => {
    for (const code of [4, 6]) {
      await ground.start('again', {command: `exit ${code}`, lifecycle: 'one_shot'});
      await ended(ground, 'again');
    }
    await ground.start('again', {command: 'true', lifecycle: 'one_shot'});
    const codes = (await records('again')).map(({exitCode}) => exitCode);
    expect(codes.filter(code => code !== undefined).toSorted()).toEqual([4, 6]);
  });
});

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {describeUnless} from '../../kit/unless.ts';
import {openPlayground, succeeded, type GcOptions, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {launch, type Running} from '../kit/process.ts';
import {ended, GC_K8S, runOf} from '../run/kit.ts';

/** Prometheus' own executable; built from its Go module, for instance. */
const {PROMETHEUS = ''} = process.env;
const MONITORING = resolve(import.meta.dirname, '../../../contrib/monitoring');
const PATIENCE = {everyMs: 1000};

interface Rule {
  readonly name: string;
  readonly state: 'inactive' | 'pending' | 'firing';
  readonly health: string;
  readonly lastError?: string;
}

/** Everything under `expr` in the dashboard, as Grafana would ask it with its variables filled in. */
function dashboardExpressions(): string[] {
  const text = readFileSync(join(MONITORING, 'grafana-dashboard.json'), 'utf8');
  const found = [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)];
  return found.map(([, literal = '""']) =>
    (JSON.parse(literal) as string)
      .replaceAll('$cluster', '.*')
      .replaceAll('$__rate_interval', '1m'),
  );
}

const whyNoPrometheus = PROMETHEUS === '' ? 'PROMETHEUS names no executable' : undefined;

describeUnless(whyNoPrometheus, 'the alerts and the dashboard, loaded by Prometheus', () => {
  let ground: Playground;
  let serving: Running;
  let stop: () => Promise<void>;
  let api: string;
  beforeAll(async () => {
    ground = await openPlayground('monitoring');
    const {directory, env} = ground;
    serving = launch(GC_K8S, ['metrics', '--serve', '0'], {env, deadlineMs: 900_000});
    const words = await new Promise<string>(heard => serving.onOutput(heard));
    const target = /http:\/\/([\d.:]+)\/metrics/.exec(words)?.[1] ?? '';
    const port = await freePort();
    const config = {
      global: {scrape_interval: '2s', evaluation_interval: '2s'},
      scrape_configs: [{job_name: 'gc-k8s', static_configs: [{targets: [target]}]}],
      rule_files: [join(MONITORING, 'alerts.yaml')],
    };
    writeFileSync(join(directory, 'prometheus.yml'), JSON.stringify(config));
    mkdirSync(join(directory, 'data'));
    const child = spawn(
      PROMETHEUS,
      [
        `--config.file=${join(directory, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      {stdio: 'ignore'},
    );
    stop = async () => {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    };
    api = `http://127.0.0.1:${port}/api/v1`;
    await until(
      'the first scrape',
      async () => (await query('agent_runtime_errors_total')).length > 10,
      PATIENCE,
    );
  });
  afterAll(async () => {
    serving.signal('SIGTERM');
    await stop();
    await ground.close();
  });

  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${api}${path}`).catch((error: unknown) => {
      // It takes a moment until it listens.
      if (error instanceof TypeError) return undefined;
      throw error;
    });
    const {status, data, error} = ((await answer?.json()) ?? {}) as Record<string, unknown>;
    if (answer !== undefined && status !== 'success') throw new Error(`${path}: ${String(error)}`);
    return data as T;
  }

  /** The values that an instant query gives. */
  async function query(expression: string): Promise<number[]> {
    const path = `/query?query=${encodeURIComponent(expression)}`;
    const found = await ask<{result: {value: [number, string]}[]} | undefined>(path);
    return (found?.result ?? []).map(({value}) => Number(value[1]));
  }

  const rules = async () =>
    (await ask<{groups: {rules: Rule[]}[]}>('/rules')).groups.flatMap(group => group.rules);
  const isRaised = async (name: string) =>
    (await rules()).some(rule => rule.name === name && rule.state !== 'inactive');
  const shot = (name: string, command: string, env: GcOptions['env'] = {}) =>
    ground.start(name, {command, lifecycle: 'one_shot'}, {env});

  it('are raised by what they are about', async () => {
    await ground.start('at-work', {command: 'cat'});
    await shot('good', 'true');
    await shot('greedy', 'sleep 1; tail /dev/zero', {GC_K8S_MEM_LIMIT: '64Mi'});
    for (const n of [1, 2, 3, 4]) await shot(`slow-${n}`, 'exec sleep 600', {GC_K8S_TIMEOUT: '1'});
    const missing = {GC_K8S_IMAGE: 'registry.invalid/none:1'};
    expect((await ground.gc(['start', 'imageless'], {stdin: '{}', env: missing})).code).toBe(1);
    await ended(ground, 'greedy');
    for (const name of [
      ...['AgentsOutOfMemory', 'AgentImageMissing', 'AgentRunsTimeOut', 'AgentRunsFail'],
    ]) {
      await until(`${name} is raised`, () => isRaised(name), PATIENCE);
    }
    expect(await isRaised('AgentsTakenAway')).toBe(false);
    // Not provoked here: that takes 50 GiB. Its data is there.
    expect(await query('agent_runtime_workspace_size_bytes')).toHaveLength(1);
    expect(await isRaised('NoAgentRuns')).toBe(false);
    expect(await isRaised('AgentMetricsMissing')).toBe(false);
  });

  it('are raised by a drain', async () => {
    const names = ['drained-1', 'drained-2', 'drained-3'];
    for (const name of names) {
      await shot(name, 'exec cat');
      const eviction = {apiVersion: 'policy/v1', kind: 'Eviction', metadata: {name}};
      const {status} = await ground.api.call('POST', `/pods/${name}/eviction`, eviction);
      expect(status).toBe(201);
      await ground.gone(name);
    }
    await until('AgentsTakenAway is raised', () => isRaised('AgentsTakenAway'), PATIENCE);
    // Each seen on its way, between two scrapes.
    const evicted = 'agent_runtime_errors_total{error_type="evicted"}';
    const isCounted = async () => (await query(evicted))[0] === names.length;
    await until('each is counted', isCounted, PATIENCE);
  });

  it('show data in every panel', async () => {
    const expressions = dashboardExpressions();
    expect(expressions.length).toBeGreaterThan(7);
    for (const expression of expressions) {
      const values = await query(expression);
      expect([expression, values.length > 0]).toEqual([expression, true]);
      expect(values.some(Number.isFinite), expression).toBe(true);
    }
    expect(await query('agent_runtime_active_agents')).toEqual([1]);
  });

  it('notice that nobody runs, and that nobody serves', async () => {
    succeeded(await ground.gc(['stop', 'at-work']));
    await until('its pod is gone', async () => !(await runOf(ground, 'at-work')));
    await until('NoAgentRuns', () => isRaised('NoAgentRuns'), PATIENCE);
    serving.signal('SIGINT');
    await serving.done;
    await until('AgentMetricsMissing', () => isRaised('AgentMetricsMissing'), PATIENCE);
    const all = await rules();
    expect(all).toHaveLength(8);
    for (const {name, health, lastError = ''} of all) {
      expect([name, health, lastError]).toEqual([name, 'ok', '']);
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

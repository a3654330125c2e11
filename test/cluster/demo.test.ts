import {execFileSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {resolve} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {ApiClient, type Target} from '../cluster-contract/api-client.ts';
import {
  beginDemo,
  expectStory,
  interruptedAt,
  stepsDone,
  withExports,
  type DemoRun,
} from '../kit/demo-run.ts';
import {openRealCluster, readKubeconfig} from './real-cluster.ts';

const context = readKubeconfig()['current-context'];
const CPU_AND_MEMORY = {GC_K8S_CPU_REQUEST: '10m', GC_K8S_MEM_REQUEST: '32Mi'};

let target: Target;
let admin: ApiClient;

beforeAll(async () => {
  target = await openRealCluster('gc-demo-test');
  admin = new ApiClient(target);
});

afterAll(async () => {
  admin.close();
  await target.close();
});

const begin = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  beginDemo(['--context', context, ...args], {env: {...CPU_AND_MEMORY, ...env}});

/** The namespace that the demo said it made. */
const namespaceIn = (output: string): string =>
  /namespace (gc-demo-[0-9a-f]{6}) on context/.exec(output)?.[1] ?? '';

async function isThere(namespace: string): Promise<boolean> {
  expect(namespace).not.toBe('');
  return (await admin.callAt(`/api/v1/namespaces/${namespace}`, 'GET')).status === 200;
}

async function leftNothing(demo: DemoRun): Promise<void> {
  const {stdout} = await demo.done;
  expect(await isThere(namespaceIn(stdout))).toBe(false);
  expect(readdirSync(demo.temporary)).toEqual([]);
  expect(demo.processes()).toEqual([]);
}

it('is what `gc-k8s demo` shows', async () => {
  const command = [resolve('dist/gc-k8s'), 'demo'] as const;
  const demo = beginDemo(['--context', context], {command: [...command], env: CPU_AND_MEMORY});
  const {code, stdout, stderr} = await demo.done;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ok start three agents:[^]*^ok stop them all:/m);
  await leftNothing(demo);
});

it('shows the whole story and leaves nothing', async () => {
  const demo = begin();
  const ran = await demo.done;
  expectStory(ran);
  expect(stepsDone(ran)).toEqual([
    'bring the cluster up',
    'open the event log',
    'start three agents',
    'nudge them',
    'kill one pod',
    'start it again',
    'stop them all',
    'read the event log',
    'clean up',
  ]);
  await leftNothing(demo);
});

it.each(['… open the event log', '… start three agents', '… nudge them', '… stop them all'])(
  'leaves nothing when it is interrupted at "%s"',
  async moment => {
    const demo = begin();
    const {code, stderr} = await interruptedAt(demo, moment);
    expect(stderr).toContain('interrupted by SIGINT');
    expect(code).toBe(130);
    await leftNothing(demo);
  },
);

it('fails, says why and leaves nothing when an agent cannot start', async () => {
  const demo = begin([], {GC_K8S_IMAGE: 'gc-agent:none', GC_K8S_IMAGE_PULL_POLICY: 'Never'});
  const ran = await demo.done;
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^demo: gc-session-k8s start [^\n]*gc-agent:none[^\n]*\n$/);
  expect(ran.stdout).toContain('FAILED start three agents');
  expect(stepsDone(ran)).not.toContain('nudge them');
  await leftNothing(demo);
});

it('can be gone on with when it is kept, and ended with the command that it prints', async () => {
  const demo = begin(['--keep']);
  const {code, stdout} = await demo.done;
  expect(code).toBe(0);
  const shell = (script: string) =>
    execFileSync('sh', ['-ec', script], {encoding: 'utf8', env: {PATH: process.env.PATH ?? ''}});
  const list = withExports(stdout, `"\${GC_SESSION#exec:}" list-running ''`);
  try {
    expect(shell(list).split('\n').toSorted()).toEqual([
      '',
      'mayor',
      'rig/polecat-1',
      'rig/polecat-2',
    ]);
    expect(stdout).toContain(`${resolve('dist/gc-session-k8s')} attach mayor`);
    expect(readdirSync(demo.temporary)).toEqual([]);
    expect(demo.processes()).toEqual([]);
  } finally {
    const namespace = namespaceIn(stdout);
    expect(stdout).toContain(`kubectl --context ${context} delete namespace ${namespace}`);
    await admin.callAt(`/api/v1/namespaces/${namespace}`, 'DELETE');
  }
});

it('refuses a context that is not there, without a trace', async () => {
  const demo = beginDemo(['--context', 'nowhere']);
  const {code, stderr} = await demo.done;
  expect(code).toBe(1);
  expect(stderr).toContain('nowhere');
  expect(readdirSync(demo.temporary)).toEqual([]);
});

it('asks for an image', async () => {
  const {code, stderr} = await begin([], {GC_K8S_IMAGE: ''}).done;
  expect(code).toBe(1);
  expect(stderr).toBe(
    'demo: --context needs GC_K8S_IMAGE: set it to an image with tmux that the cluster can pull\n',
  );
});

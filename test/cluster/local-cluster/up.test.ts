import {execFileSync, spawnSync} from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {describeUnless, itUnless} from '../../kit/unless.ts';
import {launch} from '../kit/process.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {writeOwnImage} from './own-image.ts';

const directory = mkdtempSync(join(tmpdir(), 'gc-local-'));
const home = join(directory, 'home');
const SCRIPTS = resolve('contrib/local-cluster');
const COMMON = ['--name', 'gc-local-test', '--port', '27443', '--home', home];

const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name === 'KUBECONFIG' ? [] : [[name, value]],
  ),
);

/** Runs one of the commands; its environment has no cluster of anybody else. */
async function run(command: string, args: readonly string[] = [], scripts = SCRIPTS) {
  const all = [...COMMON, ...args];
  const {code, stdout, stderr} = await launch(join(scripts, command), all, {
    env: environment,
    deadlineMs: 1_200_000,
  }).done;
  return {code, stdout, stderr};
}

/** Why a driver cannot be used on this machine, in the words of check; undefined: it can. */
async function refusal(driver: string): Promise<string | undefined> {
  const {code, stderr} = await run('check', ['--driver', driver]);
  return code === 0 ? undefined : stderr.split('\n')[0];
}

/** Empty for a process that has ended meanwhile. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    const hasEnded = error instanceof Error && /ENOENT|ESRCH/.test(error.message);
    if (hasEnded) return '';
    throw error;
  }
}

/** What is there of a node besides its directory. */
function traces() {
  const processes = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(commandLine)
    .filter(line => line.includes(`${home}/gc-local-test/`));
  return {
    processes,
    mounts: readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter(line => line.includes(home)),
    bridge: existsSync('/sys/class/net/gc-local0'),
    table: execFileSync('nft', ['list', 'tables'], {encoding: 'utf8'}).includes('gc-local'),
    cgroups: ['/sys/fs/cgroup/gc-local', '/sys/fs/cgroup/memory/gc-local'].filter(existsSync),
  };
}

const NO_TRACES = {processes: [], mounts: [], bridge: false, table: false, cgroups: []};

const fromSource = await refusal('from-source');

// Minutes where the Go build cache is cold.
describeUnless(
  fromSource,
  'from-source',
  () => {
    afterAll(async () => {
      await run('down');
      rmSync(directory, {recursive: true, force: true});
    }, 120_000);

    let kubeconfig = '';
    const kubectl = (...args: string[]) =>
      spawnSync(join(home, 'bin/local-node'), ['kubectl', '--kubeconfig', kubeconfig, ...args], {
        encoding: 'utf8',
      });
    const nodeUid = () => kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.uid}').stdout;

    it('comes up with one command, to a Ready node', async () => {
      beforeNextTry(() => run('down'));
      const {code, stdout, stderr} = await run('up', ['--driver', 'from-source']);
      expect(stderr).toContain('your GC_K8S_CONTEXT is gc-local-test');
      expect(code).toBe(0);
      kubeconfig = /^export KUBECONFIG=(.+)$/m.exec(stdout)?.[1] ?? '';
      expect(stdout).toContain('\nexport GC_K8S_CONTEXT=gc-local-test\n');
      expect(kubectl('get', 'nodes').stdout).toMatch(/gc-local-test +Ready/);
      expect(traces().processes).not.toEqual([]);
      expect(kubectl('get', 'storageclass').stdout).toContain('standard (default)');
    });

    it('is left alone by a second up', async () => {
      const before = nodeUid();
      const {code, stderr} = await run('up');
      expect(stderr).toBe('local-cluster: gc-local-test (from-source) is up already\n');
      expect({code, uid: nodeUid()}).toEqual({code: 0, uid: before});
    });

    it('runs an agent from an image that load brought, without a registry', async () => {
      const archive = writeOwnImage(
        'docker.io/library/own:1',
        mkdtempSync(join(directory, 'own-')),
      );
      expect(await run('load', [archive])).toMatchObject({code: 0});
      const gc = (args: string[], input = '') =>
        spawnSync('dist/gc-session-k8s', args, {
          input,
          encoding: 'utf8',
          env: {
            PATH: process.env.PATH,
            KUBECONFIG: kubeconfig,
            GC_K8S_CONTEXT: 'gc-local-test',
            GC_K8S_NAMESPACE: 'default',
            GC_K8S_IMAGE: 'own:1',
            GC_K8S_IMAGE_PULL_POLICY: 'IfNotPresent',
            GC_K8S_CPU_REQUEST: '10m',
            GC_K8S_MEM_REQUEST: '32Mi',
          },
        });
      beforeNextTry(() => Promise.resolve(gc(['stop', 'mayor'])));
      const started = gc(['start', 'mayor'], JSON.stringify({command: 'bash'}));
      expect(started).toMatchObject({stderr: '', status: 0});
      // The name and the address of a service, from inside a pod.
      const reach =
        'getent hosts kubernetes.default && : </dev/tcp/kubernetes.default/443 && echo reached';
      const pod = kubectl('get', 'pods', '-o', 'name').stdout.trim();
      expect(kubectl('exec', pod, '--', 'bash', '-c', reach).stdout).toContain('reached');
      expect(gc(['stop', 'mayor']).status).toBe(0);
    });

    it('comes back when a program of it has died', async () => {
      const before = nodeUid();
      process.kill(
        Number(readFileSync(join(home, 'gc-local-test/pid/apiserver'), 'utf8')),
        'SIGKILL',
      );
      const {code, stderr} = await run('up');
      expect(stderr).toContain('starting gc-local-test (from-source)');
      expect({code, uid: nodeUid()}).toEqual({code: 0, uid: before});
    });

    it('goes with one command, and leaves nothing behind', async () => {
      // Its own words alone, and none of the programs that it calls.
      const {code, stderr} = await run('down');
      expect([code, stderr]).toEqual([0, expect.stringMatching(/^(local-cluster: .*\n)+$/)]);
      // What was killed takes a moment to go where others keep the machine busy.
      await expect.poll(traces, {timeout: 20_000}).toEqual(NO_TRACES);
      expect(await run('down')).toMatchObject({code: 0});
      expect(existsSync(join(home, 'gc-local-test'))).toBe(false);
    });
  },
  {timeout: 1_200_000},
);

for (const driver of ['k3d', 'kind', 'minikube', 'k3s', 'k0s']) {
  const reason = await refusal(driver);
  const comesAndGoes = async (): Promise<void> => {
    const up = ['--driver', driver, '--agents', '0', '--timeout', '600'];
    for (const command of ['up', 'up', 'down', 'down']) {
      expect(await run(command, command === 'up' ? up : [])).toMatchObject({code: 0});
    }
  };
  const options = {timeout: 1_200_000};
  itUnless(reason, `${driver} comes up and goes, twice each`, comesAndGoes, options);
}

describe('up --install', () => {
  it('refuses a module whose checksum is another', {timeout: 600_000}, async () => {
    const scripts = join(directory, 'scripts');
    cpSync(SCRIPTS, scripts, {recursive: true});
    const sums = join(scripts, 'tools/go.sum');
    const wrong = readFileSync(sums, 'utf8').replace(
      /(sigs\.k8s\.io\/kind \S+ h1:).{6}/,
      '$1AAAAAA',
    );
    writeFileSync(sums, wrong);
    const {code, stderr} = await run('up', ['--driver', 'kind', '--install'], scripts);
    expect(stderr).toMatch(/SECURITY ERROR[\s\S]*kind was not installed/);
    expect(code).toBe(1);
    expect(existsSync(join(home, 'bin/kind'))).toBe(false);
  });
});

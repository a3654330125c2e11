import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {itUnless} from '../../kit/unless.ts';
import {until} from '../kit/poll.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {awaitDolt, loadDoltImage, query, startClient} from './dolt.ts';
import {GC_K8S, kubectl, MANIFESTS, run, tryKubectl} from './kit.ts';

/** The manifests' own; they are applied as they are. */
const NAMESPACE = 'gc';
/** Says that the namespace is a test's, which may be deleted. */
const MARK = 'gc-k8s/test';

/** A cluster may take policies and do nothing by them. */
const whyNoPolicy =
  process.env.GC_TEST_NETWORK_POLICY === undefined
    ? 'GC_TEST_NETWORK_POLICY does not say that the cluster enforces NetworkPolicy'
    : undefined;

const inside = (...args: string[]) => kubectl(['-n', NAMESPACE, ...args]);
const field = (object: string, path: string) =>
  inside('get', ...object.split(' '), '-o', `jsonpath={${path}}`);

describe('the manifests', () => {
  beforeAll(async () => {
    await loadDoltImage();
    await clearNamespace();
  }, 300_000);
  afterAll(async () => {
    await tryKubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
  });

  it('apply to an empty cluster, and a second time change nothing', async () => {
    beforeNextTry(clearNamespace);
    const first = (await kubectl(['apply', '-k', MANIFESTS])).trim().split('\n');
    await kubectl(['annotate', '--overwrite', 'namespace', NAMESPACE, `${MARK}=true`]);
    expect(first.filter(line => !line.endsWith(' created'))).toEqual([]);
    const second = (await kubectl(['apply', '-k', MANIFESTS])).trim().split('\n');
    expect(second).toEqual(first.map(line => line.replace(/created$/, 'unchanged')));
  });

  it('bring up Dolt on an empty claim within 120 s', async () => {
    await awaitDolt(NAMESPACE);
    expect(await inside('exec', 'dolt-0', '--', 'id', '-u')).toBe('65532\n');
    expect(await field('pvc -l app=dolt', '.items[*].spec.resources.requests.storage')).toBe(
      '10Gi',
    );
    expect(await field('service dolt', '.spec.type}:{.spec.ports[0].port')).toBe('ClusterIP:3307');
  });

  it('are the same file by file, as the guide applies them', async () => {
    const {resources} = load(readFileSync(join(MANIFESTS, 'kustomization.yaml'), 'utf8')) as {
      resources: string[];
    };
    for (const file of resources) {
      const said = await kubectl(['apply', '-f', join(MANIFESTS, file)]);
      expect(
        said
          .trim()
          .split('\n')
          .filter(line => !line.endsWith(' unchanged')),
      ).toEqual([]);
    }
  });

  it('let root in from another pod, through the Service', async () => {
    await startClient(NAMESPACE);
    expect(await query(NAMESPACE, 'SELECT 1, CURRENT_USER()')).toEqual(['1,root@%']);
  });

  it('are found whole by doctor, twice, which leaves nothing that it finds itself', async () => {
    for (const time of ['first', 'second']) {
      const {code, stdout, stderr} = await run(GC_K8S, ['doctor', '--namespace', NAMESPACE]);
      expect([time, code, stderr]).toEqual([time, 0, '']);
      expect(stdout).toMatch(/^ok +dns +dolt\.gc\.svc\.cluster\.local resolves/m);
      expect(stdout).toMatch(/^ok +dolt port +dolt\.gc\.svc\.cluster\.local:3307 takes/m);
      expect(stdout).toMatch(/^ok +dolt query +SELECT 1 as root$/m);
      expect(stdout).not.toContain('gc-doctor');
    }
  });

  it('hold the connections of a hundred agents at once', async () => {
    // The server speaks first: a byte of its greeting shows that the connection was taken.
    const script = `for n in $(seq 300); do
      exec {socket}<>/dev/tcp/dolt.gc.svc.cluster.local/3307 || exit 1
      IFS= read -r -n 1 -u $socket && echo $n
    done | wc -l`;
    expect((await inside('exec', 'client', '--', 'bash', '-c', script)).trim()).toBe('300');
  });

  it('keep a row over the loss of the pod, and of the StatefulSet', async () => {
    await query(NAMESPACE, 'CREATE DATABASE IF NOT EXISTS kept');
    await query(NAMESPACE, 'CREATE TABLE IF NOT EXISTS kept.t (id INT PRIMARY KEY)');
    await query(NAMESPACE, 'REPLACE INTO kept.t VALUES (42)');
    await inside('delete', 'pod', 'dolt-0');
    await awaitDolt(NAMESPACE);
    expect(await query(NAMESPACE, 'SELECT id FROM kept.t')).toEqual(['42']);
    await inside('delete', 'statefulset', 'dolt');
    await inside('wait', '--for=delete', 'pod/dolt-0', '--timeout=120s');
    await kubectl(['apply', '-k', MANIFESTS]);
    await until('dolt-0', () => podExists('dolt-0'));
    await awaitDolt(NAMESPACE);
    expect(await query(NAMESPACE, 'SELECT id FROM kept.t')).toEqual(['42']);
  }, 600_000);

  it('replace a server that no longer answers', async () => {
    const stop = `for process in /proc/[0-9]*; do
      case $(tr '\\0' ' ' <"$process/cmdline") in "dolt sql-server"*) kill -STOP "\${process#/proc/}";; esac
    done`;
    const status = (path: string) => field('pod dolt-0', `.status.containerStatuses[0].${path}`);
    const restarts = Number(await status('restartCount'));
    await inside('exec', 'dolt-0', '--', 'sh', '-c', stop);
    const patience = {timeoutMs: 150_000, everyMs: 1000};
    await until('it is not ready', async () => (await status('ready')) === 'false', patience);
    await until('a restart', async () => Number(await status('restartCount')) > restarts, patience);
    await awaitDolt(NAMESPACE);
    expect(await query(NAMESPACE, 'SELECT id FROM kept.t')).toEqual(['42']);
  }, 600_000);

  it('have nothing running that "restricted" would refuse', async () => {
    const label = 'pod-security.kubernetes.io/enforce=restricted';
    const {code, stderr} = await tryKubectl([
      ...['label', '--overwrite', '--dry-run=server', 'namespace', NAMESPACE, label],
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('give agents no rights, or rights to look', async () => {
    const can = async (account: string, ...what: string[]) => {
      const as = `--as=system:serviceaccount:${NAMESPACE}:${account}`;
      return (await tryKubectl(['-n', NAMESPACE, 'auth', 'can-i', ...what, as])).stdout;
    };
    expect(await can('gc-agent', 'create', 'pods')).toBe('no\n');
    expect(await can('gc-agent', 'get', 'pods')).toBe('no\n');
    expect(await can('gc-agent-readonly', 'list', 'pods')).toBe('yes\n');
    expect(await can('gc-agent-readonly', 'get', 'secrets')).toBe('no\n');
    expect(await can('gc-agent-readonly', 'create', 'pods/exec')).toBe('no\n');
    const listed = await can('gc-agent-readonly', '--list', '--no-headers');
    const rules = listed
      .split('\n')
      .filter(line => !/^selfsubject|^ {5}/.test(line) && line !== '');
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) expect(rule).toMatch(/\[get list watch\]$/);
  });

  it('have a controller that the server takes', async () => {
    for (const name of ['controller-claim.yaml', 'controller-deployment.yaml']) {
      const file = join(MANIFESTS, name);
      const {code, stderr} = await tryKubectl(['apply', '--dry-run=server', '-f', file]);
      expect([name, code, stderr]).toEqual([name, 0, '']);
    }
  });

  itUnless(whyNoPolicy, 'keep pods without a label from Dolt', async () => {
    await inside('label', 'pod', 'client', 'gc-k8s/dolt-client-');
    const {code} = await tryKubectl([
      ...['-n', NAMESPACE, 'exec', 'client', '--', 'timeout', '5', 'bash', '-c'],
      'exec 3<>/dev/tcp/dolt.gc.svc.cluster.local/3307',
    ]);
    expect(code).not.toBe(0);
  });
});

async function podExists(name: string): Promise<boolean> {
  return (await tryKubectl(['-n', NAMESPACE, 'get', 'pod', name])).code === 0;
}

/** Deletes what an earlier run left; raises when the namespace is somebody's city. */
async function clearNamespace(): Promise<void> {
  const path = `jsonpath={.metadata.annotations.${MARK}}`;
  const found = await tryKubectl(['get', 'namespace', NAMESPACE, '-o', path]);
  if (found.code !== 0 && found.stderr.includes('NotFound')) return;
  if (found.stdout !== 'true')
    throw new Error(
      `namespace "${NAMESPACE}" is in use on this cluster; this test needs it for itself`,
    );
  await kubectl(['delete', 'namespace', NAMESPACE]);
}

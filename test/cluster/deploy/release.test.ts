import {randomUUID} from 'node:crypto';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {succeeded} from '../kit/playground.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {awaitDolt, loadDoltImage, query, startClient} from './dolt.ts';
import {CHART, describeWithHelm, kubectl, run, tryKubectl} from './kit.ts';

const {GC_K8S_IMAGE = ''} = process.env;

const SMALL = [
  ...[`--set=settings.GC_K8S_IMAGE=${GC_K8S_IMAGE}`],
  ...['--set=settings.GC_K8S_CPU_REQUEST=10m', '--set=settings.GC_K8S_MEM_REQUEST=32Mi'],
  ...['--set=dolt.resources.requests.cpu=50m', '--set=dolt.resources.requests.memory=128Mi'],
];
const PASSWORD = `it's a "pass\\word" 100%`;
const WITH_PASSWORD = [
  ...['--set=dolt.rootPassword.required=true', '--set=dolt.rootPassword.existingSecret=database'],
  '--set=dolt.backup.enabled=true',
];

describeWithHelm('a release of the chart', helmPath => {
  const namespace = `gc-deploy-${randomUUID().slice(0, 8)}`;
  const helm = async (...args: string[]) =>
    succeeded(await run(helmPath, [...args, `--namespace=${namespace}`])).stdout;
  const inside = (...args: string[]) => kubectl(['-n', namespace, ...args]);
  const doltUid = () => inside('get', 'pod', 'dolt-0', '-o', 'jsonpath={.metadata.uid}');

  beforeAll(loadDoltImage, 300_000);
  afterAll(async () => {
    await tryKubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is installed, and says what to export', async () => {
    beforeNextTry(() => helm('uninstall', 'city', '--wait', '--ignore-not-found'));
    const notes = await helm('install', 'city', CHART, '--create-namespace', ...SMALL);
    expect(notes).toContain(`export GC_K8S_NAMESPACE=${namespace}`);
    expect(notes).toContain(`export GC_DOLT_HOST=dolt.${namespace}.svc\n`);
    expect(notes).toContain(`export GC_K8S_IMAGE='${GC_K8S_IMAGE}'`);
    await awaitDolt(namespace);
  });

  it('passes its own tests, of Dolt and of an agent’s pod, where a quota wants all that is asked', async () => {
    const hard = 'requests.cpu=4,requests.memory=8Gi,limits.cpu=20,limits.memory=40Gi';
    await inside('create', 'quota', 'everything', `--hard=${hard}`);
    const said = await helm('test', 'city');
    await inside('delete', 'quota', 'everything');
    expect(said.match(/^TEST SUITE: +(gc-k8s-test-\w+)/gm)).toHaveLength(2);
    expect(said.match(/^Phase: +Succeeded/gm)).toHaveLength(2);
  });

  it('is upgraded to the same without a difference', async () => {
    const [manifest, uid] = [await helm('get', 'manifest', 'city'), await doltUid()];
    const versions = () =>
      inside(
        'get',
        'statefulset,service,role,cronjob',
        '-o',
        'jsonpath={.items[*].metadata.generation}',
      );
    const before = await versions();
    await helm('upgrade', '--install', 'city', CHART, ...SMALL);
    expect(await helm('get', 'manifest', 'city')).toBe(manifest);
    expect([await doltUid(), await versions()]).toEqual([uid, before]);
  });

  it('changes a password that is among its values, by an upgrade', async () => {
    await startClient(namespace);
    for (const password of ['first', `second ${PASSWORD}`]) {
      const values = JSON.stringify({doltRootPassword: password});
      await helm('upgrade', 'city', CHART, ...SMALL, `--set-json=secrets=${values}`);
      await inside('rollout', 'status', 'statefulset/dolt', '--timeout=120s');
      expect(await query(namespace, 'SELECT 1', password)).toEqual(['1']);
    }
    await expect(query(namespace, 'SELECT 1', 'first')).rejects.toThrow('Access denied');
  }, 600_000);

  it('takes a password from a Secret and a second claim for backups later', async () => {
    const before = `second ${PASSWORD}`;
    await query(namespace, 'CREATE DATABASE beads', before);
    await query(namespace, 'CREATE TABLE beads.t (id INT PRIMARY KEY)', before);
    await query(namespace, 'INSERT INTO beads.t VALUES (42)', before);
    await inside('create', 'secret', 'generic', 'database', `--from-literal=password=${PASSWORD}`);
    await helm('upgrade', 'city', CHART, ...SMALL, ...WITH_PASSWORD);
    await inside('rollout', 'status', 'statefulset/dolt', '--timeout=120s');
    expect(await query(namespace, 'SELECT id FROM beads.t', PASSWORD)).toEqual(['42']);
    await expect(query(namespace, 'SELECT 1')).rejects.toThrow('Access denied');
    expect(await helm('test', 'city')).toMatch(/gc-k8s-test-dolt[^]*Phase: +Succeeded/);
  }, 600_000);

  it('saves every database, which come back from there', async () => {
    beforeNextTry(() => inside('delete', 'job', 'now', '--ignore-not-found'));
    await inside('create', 'job', 'now', '--from=cronjob/dolt-backup');
    await inside('wait', '--for=condition=Complete', 'job/now', '--timeout=120s');
    const [, saved = ''] = /saved beads to (\S+)/.exec(await inside('logs', 'job/now')) ?? [];
    await query(namespace, 'DROP DATABASE IF EXISTS beads', PASSWORD);
    const restore = `CALL DOLT_BACKUP('restore', 'file:///var/lib/dolt-backup/${saved}', 'beads')`;
    await query(namespace, restore, PASSWORD);
    expect(await query(namespace, 'SELECT id FROM beads.t', PASSWORD)).toEqual(['42']);
  });

  it('leaves the claims when it is uninstalled', async () => {
    await helm('uninstall', 'city', '--wait', '--ignore-not-found');
    const claims = await inside('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.name}');
    expect(claims.split(' ')).toEqual(['data-dolt-0', 'dolt-backup']);
    expect(await inside('get', 'statefulset,service,role,cronjob', '-o', 'name')).toBe('');
  });
});

import {readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {load, loadAll} from 'js-yaml';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {launch} from '../kit/process.ts';
import {configMap, numbersOf, openGround, upTo, type Ground} from './kit.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace: string};
}

describe('the cleanup of old events', () => {
  const text = readFileSync(join(ROOT, 'contrib/k8s/event-cleanup-cronjob.yaml'), 'utf8');
  let ground: Ground;
  let kubeconfig = '';
  beforeAll(async () => {
    ground = await openGround('retention');
    const manifests = loadAll(
      text.replaceAll('namespace: gc\n', `namespace: ${ground.namespace}\n`),
    );
    await ground.api.callAt(`/api/v1/namespaces/${ground.namespace}`, 'PATCH', restricted, {
      'content-type': 'application/merge-patch+json',
    });
    for (const manifest of manifests as Manifest[]) {
      const {status, text: said} = await ground.api.callAt(pathOf(manifest), 'POST', manifest);
      expect([manifest.kind, status, said]).toEqual([manifest.kind, 201, said]);
    }
    kubeconfig = await kubeconfigOf(ground, 'gc-event-cleanup');
  });
  afterAll(() => ground.close());

  const prune = (env: Record<string, string>, args: string[] = []) =>
    launch(join(ROOT, 'dist/gc-events-prune'), args, {
      env: {...ground.env, KUBECONFIG: kubeconfig, ...env},
      deadlineMs: 120_000,
    }).done;

  it('has nothing to do in an empty log', async () => {
    const {code, stderr} = await prune({});
    expect([code, stderr]).toEqual([0, '']);
  });

  it('spares the young and obeys its Role alone', async () => {
    for (let n = 0; n < 3; n += 1) await ground.record({type: 'test.kept', actor: 'test'});
    await ground.record({type: 'test.big', actor: 'test', payload: 'x'.repeat(100_000)});
    const {code, stderr} = await prune({GC_K8S_EVENTS_KEEP: '1'});
    expect([code, stderr]).toEqual([0, '']);
    expect(numbersOf(await ground.list())).toEqual(upTo(4));
  });

  it('deletes what is too many or too old, and keeps numbers and the newest', async () => {
    await new Promise(resolve => setTimeout(resolve, 62_000));
    await ground.record({type: 'test.kept', actor: 'test'});
    const byCount = await prune({GC_K8S_EVENTS_KEEP: '3', GC_K8S_EVENTS_MAX_AGE: '0'});
    expect(byCount).toMatchObject({code: 0, stdout: 'pruned 2 events, the log begins at 3\n'});
    expect(numbersOf(await ground.list())).toEqual([3, 4, 5]);
    const byAge = await prune({GC_K8S_EVENTS_KEEP: '0', GC_K8S_EVENTS_MAX_AGE: '61s'});
    expect(byAge.code).toBe(0);
    expect(numbersOf(await ground.list()).at(-1)).toBe(5);
    expect(await ground.latestSeq()).toBe(5);
    await ground.record({type: 'test.kept', actor: 'test'});
    expect(await ground.latestSeq()).toBe(6);
    expect((await configMap(ground, 'gc-events-seq'))?.data?.floor).toBeDefined();
  });

  it.each([
    {GC_K8S_EVENTS_KEEP: '-1'},
    {GC_K8S_EVENTS_KEEP: 'all'},
    {GC_K8S_EVENTS_MAX_AGE: 'yesterday'},
    {GC_K8S_EVENTS_MAX_AGE: '24'},
  ])('refuses %j in one line', async env => {
    const {code, stderr} = await prune(env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^prune: GC_K8S_EVENTS_[^\n]+\n$/);
  });

  it('takes no arguments', async () => {
    expect((await prune({}, ['everything'])).code).toBe(2);
  });
});

const restricted = {metadata: {labels: {'pod-security.kubernetes.io/enforce': 'restricted'}}};

function pathOf({apiVersion, kind, metadata}: Manifest): string {
  const group = apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`;
  return `/${group}/namespaces/${metadata.namespace}/${kind.toLowerCase()}s`;
}

/** A kubeconfig with a token of the service account and nothing else. */
async function kubeconfigOf({api, directory}: Ground, account: string): Promise<string> {
  const request = {apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {}};
  const {body} = await api.call('POST', `/serviceaccounts/${account}/token`, request);
  const {token} = body.status as {token: string};
  const config = load(readFileSync(process.env.KUBECONFIG ?? '', 'utf8')) as {
    users: {user: object}[];
  };
  for (const entry of config.users) entry.user = {token};
  const path = join(directory, 'account.yaml');
  writeFileSync(path, JSON.stringify(config), {mode: 0o600});
  return path;
}

import {join, resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {accountKubeconfig} from '../kit/account.ts';
import {create, shippedManifests} from '../kit/manifests.ts';
import {launch} from '../kit/process.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {configMap, numbersOf, openLogs, upTo, type Ground} from './kit.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('the cleanup of old events', () => {
  let ground: Ground;
  let kubeconfig = '';
  const logs = openLogs('retention');
  beforeAll(startAnew);
  afterAll(logs.close);

  async function startAnew(): Promise<void> {
    ground = await logs.open();
    await ground.api.callAt(`/api/v1/namespaces/${ground.namespace}`, 'PATCH', restricted, {
      'content-type': 'application/merge-patch+json',
    });
    const file = 'event-cleanup-cronjob.yaml';
    for (const manifest of shippedManifests(file, ground.namespace)) await create(ground, manifest);
    kubeconfig = await accountKubeconfig(ground, 'gc-event-cleanup');
  }

  const prune = (env: Record<string, string>, args: string[] = []) =>
    launch(join(ROOT, 'dist/gc-events-prune'), args, {
      env: {...ground.env, KUBECONFIG: kubeconfig, ...env},
      deadlineMs: 120_000,
    }).done;

  it('has nothing to do in an empty log', async () => {
    const {code, stderr} = await prune({});
    expect([code, stderr]).toEqual([0, '']);
  });

  it('spares the young and obeys its Role alone; of the old it deletes what is too many or too old, and keeps numbers and the newest', async () => {
    beforeNextTry(startAnew);
    for (let n = 0; n < 3; n += 1) await ground.record({type: 'test.kept', actor: 'test'});
    await ground.record({type: 'test.big', actor: 'test', payload: 'x'.repeat(100_000)});
    const {code, stderr} = await prune({GC_K8S_EVENTS_KEEP: '1'});
    expect([code, stderr]).toEqual([0, '']);
    expect(numbersOf(await ground.list())).toEqual(upTo(4));

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

import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../../src/run/run.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {launch} from '../kit/process.ts';
import {GC_K8S, gcK8s} from './kit.ts';

describe('a run that is evicted by the Eviction API', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('runlife-taken')));
  afterAll(() => ground.close());

  const recordOf = async (session: string) => {
    const selector = `gc/component%3Dsession-result,gc-session%3D${session}`;
    const {text} = await ground.api.call('GET', `/configmaps?labelSelector=${selector}`);
    const {items} = JSON.parse(text) as {items: {data: {result: string}}[]};
    expect(items).toHaveLength(1);
    return JSON.parse(items[0]?.data.result ?? '') as Run;
  };
  const evict = async (name: string) => {
    const body = {apiVersion: 'policy/v1', kind: 'Eviction', metadata: {name}};
    expect((await ground.api.call('POST', `/pods/${name}/eviction`, body)).status).toBe(201);
    await ground.gone(name);
  };
  /** What the cluster has said of this pod was said so many seconds ago. */
  const ageEvents = async (name: string, seconds: number) => {
    const {body} = await ground.api.call(
      'GET',
      `/events?fieldSelector=involvedObject.name=${name}`,
    );
    for (const {metadata} of body.items ?? []) {
      const lastTimestamp = new Date(Date.now() - seconds * 1000)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z');
      const path = `/events/${metadata?.name ?? ''}`;
      expect((await ground.api.patch(path, 'merge', {lastTimestamp})).status).toBe(200);
    }
  };
  const prune = async () => succeeded(await gcK8s(ground, ['prune']));
  const metrics = async () => succeeded(await gcK8s(ground, ['metrics'])).stdout;

  it('counts as what it is while its metrics are served', async () => {
    const {env} = ground;
    const serving = launch(GC_K8S, ['metrics', '--serve', '0'], {env, deadlineMs: 170_000});
    await new Promise<string>(heard => serving.onOutput(heard));
    // Nobody scrapes: the watch alone has to see it.
    for (const name of ['seen-1', 'seen-2']) {
      await ground.start(name, {command: 'exec cat', lifecycle: 'one_shot'});
      await evict(name);
      expect(await recordOf(name)).toMatchObject({state: 'failed', reason: 'evicted'});
    }
    serving.signal('SIGINT');
    expect((await serving.done).stderr).toBe('');
    expect(await metrics()).toMatch(/^agent_runtime_errors_total\{.*"evicted"\} 2$/m);
  });

  it('counts as deleted when nobody looked, and not as stopped by gc', async () => {
    await ground.start('vanished', {command: 'cat', lifecycle: 'one_shot'});
    await evict('vanished');
    // A stop of gc's own might still be writing down what it did.
    await ageEvents('vanished', 0);
    await prune();
    expect(await recordOf('vanished')).toMatchObject({state: 'created'});
    await ageEvents('vanished', 60);
    await prune();
    const run = await recordOf('vanished');
    // The Eviction API leaves no trace but on the pod.
    expect(run).toMatchObject({state: 'failed', reason: 'deleted'});
    expect(run.error).toContain('not by gc');
    expect(await metrics()).toMatch(/^agent_runtime_errors_total\{.*"deleted"\} 1$/m);
  });

  it('is no longer mistaken for one that gc stopped', async () => {
    await ground.start('stopped', {command: 'cat', lifecycle: 'one_shot'});
    succeeded(await ground.gc(['stop', 'stopped']));
    await ground.gone('stopped');
    await prune();
    expect(await recordOf('stopped')).toMatchObject({state: 'cancelled', reason: 'stopped'});
  });
});

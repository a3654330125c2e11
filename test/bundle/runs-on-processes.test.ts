import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {Pod} from '../../src/kube/cluster.ts';
import {isOver, type Run} from '../../src/run/run.ts';
import {runOfPod} from '../../src/run/run-of-pod.ts';
import type {OnProcesses} from '../dev-cluster/process/kit.ts';
import {onProcesses, podWhen, testOnProcesses} from '../dev-cluster/process/kit.ts';
import {clientOf} from '../dev-cluster/kit.ts';
import {begin, summary} from './program.ts';
import {CACHES} from '../kit/caches.ts';

/** Starts one-shot runs on a cluster whose containers are processes of this machine. */
function starter({dev, home}: OnProcesses) {
  const kubeconfig = join(home, 'kubeconfig');
  dev.writeKubeconfig(kubeconfig);
  const base = {PATH: process.env.PATH ?? '', HOME: home, ...CACHES, KUBECONFIG: kubeconfig};
  return async (session: string, command: string, more: Record<string, string> = {}) => {
    const env = {...base, GC_K8S_IMAGE: 'agent', ...more};
    const stdin = JSON.stringify({command, lifecycle: 'one_shot'});
    const {ended} = begin(['start', session], {env, stdin, deadlineMs: 120_000});
    expect(summary(await ended)).toBe('0 ');
  };
}

const runOf = (pod: unknown) => runOfPod(pod as Pod, Date.now());

async function endOf(own: OnProcesses, session: string): Promise<Run> {
  return runOf(await podWhen(own, session, pod => pod !== undefined && isOver(runOf(pod).state)));
}

describe('a run on processes of this machine', () => {
  testOnProcesses('tells how it ended, and keeps its time', async () => {
    const own = await onProcesses({namespace: 'gc'});
    const start = starter(own);
    await start('fine', 'echo done');
    expect(await endOf(own, 'fine')).toMatchObject({state: 'success', lastLines: ['done']});
    await start('three', 'exit 3');
    expect(await endOf(own, 'three')).toMatchObject({reason: 'exit_code', exitCode: 3});
    await start('killed', 'kill -9 $$');
    expect(await endOf(own, 'killed')).toMatchObject({reason: 'signal', signal: 9});
    await start('late', 'sleep 1000', {GC_K8S_TIMEOUT: '2', GC_K8S_STOP_GRACE: '1'});
    expect(await endOf(own, 'late')).toMatchObject({state: 'timeout', reason: 'timeout'});
  });

  testOnProcesses('may be over before a slow server has it marked', async () => {
    const own = await onProcesses({namespace: 'gc'});
    own.dev.faults.add({
      match: {verb: 'patch', resource: 'pods'},
      action: {type: 'delay', milliseconds: 4000},
    });
    await starter(own)('quick', 'sleep 0.3; exit 3');
    expect(await endOf(own, 'quick')).toMatchObject({reason: 'exit_code', exitCode: 3});
  });

  testOnProcesses('shows no line that holds what a Secret gave the agent', async () => {
    const own = await onProcesses();
    for (const [name, key] of [
      ['git-credentials', 'token'],
      ['model-keys', 'MODEL_API_KEY'],
    ] as const) {
      const stringData = {[key]: `planted-${name}`};
      await clientOf(own.dev).call('POST', '/secrets', {metadata: {name}, stringData});
    }
    const settings = {
      GC_K8S_ENV_FROM_SECRET: 'model-keys',
      GC_K8S_READ_ONLY: 'true',
      GC_K8S_NAMESPACE: 'default',
    };
    const command =
      'echo "$GITHUB_TOKEN"; echo "key=$MODEL_API_KEY"; echo "$CLAUDE_READ_ONLY_MODE"';
    await starter(own)('telling', command, settings);
    const hidden = '[a line with a secret]';
    expect((await endOf(own, 'telling')).lastLines).toEqual([hidden, hidden, 'true']);
  });
});

import {join} from 'node:path';
import {expect} from 'vitest';
import {clientOf} from '../dev-cluster/kit.ts';
import {onProcesses, podWhen, processesWith, testOnProcesses} from '../dev-cluster/process/kit.ts';
import {stringAt} from '../../dev-cluster/json.ts';
import {GC_K8S} from './people/gc-k8s.ts';
import {run, summary} from './program.ts';
import {CACHES} from '../kit/caches.ts';

/** How the node takes a run away, by what, and how it is told. */
const ENDS = [
  ['evict', 'evicted', 'evicted by the cluster: Evicted: The node was low on resource: memory.'],
  ['oom', 'oom_killed', 'it used more memory than its limit; raise GC_K8S_MEM_LIMIT'],
] as const;

for (const [how, reason, words] of ENDS) {
  testOnProcesses(`a run that its node ends (${how}) is told so, and recorded`, async () => {
    const own = await onProcesses({namespace: 'gc'});
    const kubeconfig = join(own.home, 'kubeconfig');
    own.dev.writeKubeconfig(kubeconfig);
    const env = {
      ...{PATH: process.env.PATH ?? '', HOME: own.home, ...CACHES},
      ...{KUBECONFIG: kubeconfig, GC_K8S_IMAGE: 'agent'},
    };
    const gc = (words: string, stdin = '') =>
      run(words.split(' '), {env, stdin, deadlineMs: 120_000});
    const people = (words: string) => run(words.split(' '), {env, executable: GC_K8S});
    const mark = `taken-${how}-${process.pid}`;
    const stdin = JSON.stringify({command: 'cat', env: {MARK: mark}, lifecycle: 'one_shot'});
    expect(summary(await gc('start mayor', stdin))).toBe('0 ');

    const {status} = await clientOf(own.dev).callAt('/admin/faults', 'POST', {
      match: {name: 'mayor'},
      action: {type: 'pod', how},
    });
    expect(status).toBe(200);
    await podWhen(own, 'mayor', pod => stringAt(pod, 'status', 'phase') === 'Failed');
    const wanted = {session: 'mayor', state: 'failed', reason, exitCode: 137};
    const shown = await people('status mayor -o json');
    const {sessions} = JSON.parse(shown.stdout.toString()) as {sessions: object[]};
    expect(sessions).toMatchObject([{session: 'mayor', state: 'failed', exitCode: 137}]);
    const line = (await people('status mayor')).stdout.toString();
    expect(line).toContain(words);
    expect(summary(await gc('is-running mayor'))).toBe('0 false\n');

    expect(summary(await gc('stop mayor'))).toBe('0 ');
    await podWhen(own, 'mayor', pod => pod === undefined);
    expect(processesWith(mark)).toEqual([]);
    const [record] = own.dev.store
      .list('configmaps', 'gc')
      .map(({data}) => (data as {result?: string}).result)
      .filter(result => result !== undefined);
    const kept = JSON.parse(record ?? '{}') as {error?: string};
    expect(kept).toMatchObject(wanted);
    expect(kept.error).toContain(words);
  });
}

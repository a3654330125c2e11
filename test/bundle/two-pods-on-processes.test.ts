import {join} from 'node:path';
import {expect, vi} from 'vitest';
import {clientOf} from '../dev-cluster/kit.ts';
import {createPod, inPod, onProcesses, podIn, testOnProcesses} from '../dev-cluster/process/kit.ts';
import {CACHES} from '../kit/caches.ts';
import {podName} from '../../src/pod/names.ts';
import {run, summary} from './program.ts';

/** Neither ends when it is told to, so that both have a terminal while one of them goes. */
const STAYS = "trap '' TERM; while :; do cat; done";

const WAIT = {timeout: 20_000, interval: 50};

testOnProcesses(
  'what is for a session goes to no pod of it whose PID 1 was told to stop',
  async () => {
    const own = await onProcesses();
    const kubeconfig = join(own.home, 'kubeconfig');
    own.dev.writeKubeconfig(kubeconfig);
    const env = {
      ...{PATH: process.env.PATH ?? '', HOME: own.home, ...CACHES},
      ...{KUBECONFIG: kubeconfig, GC_K8S_NAMESPACE: 'default', GC_K8S_IMAGE: 'agent'},
    };
    const gc = async (words: string, stdin = '') =>
      summary(await run(words.split(' '), {env, stdin, deadlineMs: 120_000}));
    expect(await gc('start City/A.b', JSON.stringify({command: STAYS}))).toBe('0 ');
    const command = ['sh', '-c', `tmux -u new-session -d -s main "${STAYS}"; exec sleep 600`];
    const foreign = {
      labels: {app: 'gc-agent', 'gc-session': 'City-A.b'},
      annotations: {'gc-session-name': 'City/A.b'},
    };
    await createPod(own, 'city-a-b', {containers: [{command}]}, foreign);
    await podIn(own, 'city-a-b', 'Running');

    const first = podName('City/A.b');
    expect((await clientOf(own.dev).call('DELETE', `/pods/${first}`)).status).toBe(200);
    const told = 'cat /run/gc/stopping && echo yes';
    await vi.waitUntil(async () => (await inPod(own, first, told)) === 'yes', WAIT);
    expect(await gc('nudge City/A.b', 'for the one that stays')).toBe('0 ');
    expect(await gc('set-meta City/A.b color', 'red')).toBe('0 ');
    const seen = 'tmux show-environment -t main color; tmux capture-pane -p -t main';
    await vi.waitFor(
      async () =>
        expect(await inPod(own, 'city-a-b', seen)).toMatch(/^color=red\nfor the one that stays\n/),
      WAIT,
    );
  },
);

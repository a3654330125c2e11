import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {OnProcesses} from '../dev-cluster/process/kit.ts';
import {onProcesses, podWhen, processesWith, testOnProcesses} from '../dev-cluster/process/kit.ts';
import type {Ended} from './program.ts';
import {begin, summary} from './program.ts';
import {CACHES} from '../kit/caches.ts';

/** Runs the built executable on a cluster whose containers are processes of this machine. */
function runner({dev, home}: OnProcesses) {
  const kubeconfig = join(home, 'kubeconfig');
  dev.writeKubeconfig(kubeconfig);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    ...CACHES,
    KUBECONFIG: kubeconfig,
    GC_K8S_IMAGE: 'agent',
  };
  return (words: string, stdin = ''): Promise<Ended> =>
    begin(words.split(' '), {env, stdin, deadlineMs: 120_000}).ended;
}

describe('a session whose container is processes of this machine', () => {
  testOnProcesses('lives through start, nudge, peek, exec, metadata and stop', async () => {
    const own = await onProcesses({namespace: 'gc'});
    const run = runner(own);
    const mark = `mark-${process.pid}`;
    const request = JSON.stringify({command: 'cat', env: {MARK: mark}});
    expect(summary(await run('start mayor', request))).toBe('0 ');
    expect(processesWith(mark)).not.toEqual([]);
    expect(summary(await run('nudge mayor', 'a line for the agent'))).toBe('0 ');
    let screen = '';
    // Once as typed, once as `cat` gives it back.
    while (!/for the agent\s+a line for the agent/.test(screen)) {
      screen = (await run('peek mayor 20')).stdout.toString();
    }
    expect(summary(await run('exec mayor', 'echo to stderr >/dev/stderr; pwd; exit 3'))).toBe(
      '3 to stderr\n/workspace\n',
    );
    expect(summary(await run('set-meta mayor colour', 'red'))).toBe('0 ');
    expect(summary(await run('get-meta mayor colour'))).toBe('0 red');
    expect(summary(await run('is-running mayor'))).toBe('0 true\n');
    expect(summary(await run('process-alive mayor', 'cat\n'))).toBe('0 true\n');
    expect(summary(await run('stop mayor'))).toBe('0 ');
    await podWhen(own, 'mayor', pod => pod === undefined);
    expect(processesWith(mark)).toEqual([]);
    await own.dev.stop();
    expect(readdirSync(own.state)).toEqual([]);
  });

  testOnProcesses('stays within reach when its agent clears /tmp', async () => {
    const own = await onProcesses({namespace: 'gc'});
    const run = runner(own);
    const command = 'rm -rf /tmp/* /tmp/.[!.]*; cat';
    expect(summary(await run('start mayor', JSON.stringify({command})))).toBe('0 ');
    expect(summary(await run('nudge mayor', 'a line for the agent'))).toBe('0 ');
    expect(summary(await run('peek mayor'))).toContain('a line for the agent');
    expect(summary(await run('exec mayor', 'tmux has-session -t main'))).toBe('0 ');
  });

  testOnProcesses('has no part in the terminal that its controller runs in', async () => {
    const run = runner(await onProcesses({namespace: 'gc'}));
    const env = {TMUX: '/tmp/tmux-1000/default,77,0', TMUX_PANE: '%5', TMUX_TMPDIR: '/home/me'};
    expect(summary(await run('start mayor', JSON.stringify({command: 'cat', env})))).toBe('0 ');
    expect(summary(await run('nudge mayor', 'a line for the agent'))).toBe('0 ');
    expect(summary(await run('peek mayor'))).toContain('a line for the agent');
  });
});

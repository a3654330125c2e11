import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../src/kube/cluster.ts';
import type {KnownRun} from '../../src/run/list-runs.ts';
import {workspaceBytes} from '../../src/run/workspace-size.ts';
import {Deadline} from '../../src/time/deadline.ts';

const known = (id: string, state: 'running' | 'success' = 'running', bytes?: number): KnownRun => ({
  run: {
    ...{version: 1 as const, id, session: id, namespace: 'gc', pod: id, state, history: []},
    ...{workspace: '/workspace', outputLog: ''},
    ...(bytes === undefined ? {} : {workspaceBytes: bytes}),
  },
  pod: {metadata: {name: id}},
});

/** Pods whose workspaces hold so many KiB; `du` never comes to an end in the others. */
function clusterOf(kib: Readonly<Record<string, number>>): Cluster {
  const within = ({signal}: Deadline) => ({
    exec: ({pod}: {pod: string}) =>
      pod in kib
        ? Promise.resolve({stdout: Buffer.from(`${kib[pod]}\t/workspace\n`)})
        : new Promise((_, reject) => {
            const fail = () => reject(signal.reason as Error);
            if (signal.aborted) fail();
            else signal.addEventListener('abort', fail, {once: true});
          }),
  });
  return {within} as unknown as Cluster;
}

const measure = (cluster: Cluster, runs: KnownRun[], sizes = new Map<string, number>()) =>
  workspaceBytes(cluster, runs, {deadline: new Deadline(60_000), sizes, timeoutMs: 20});

describe('the size of all workspaces', () => {
  it('is measured in those that run, and told by those that ended', async () => {
    const runs = [known('a'), known('b'), known('over', 'success', 100)];
    expect(await measure(clusterOf({a: 1, b: 2}), runs)).toBe(3 * 1024 + 100);
  });

  it('does not wait for one that takes too long, which counts as it did before', async () => {
    const sizes = new Map([['slow', 7]]);
    const runs = [known('a'), known('slow'), known('new and slow')];
    expect(await measure(clusterOf({a: 1}), runs, sizes)).toBe(1024 + 7);
    expect(Object.fromEntries(sizes)).toEqual({a: 1024, slow: 7, 'new and slow': 0});
  });

  it('remembers nothing of runs that are gone', async () => {
    const sizes = new Map([['gone', 7]]);
    await measure(clusterOf({a: 1}), [known('a')], sizes);
    expect([...sizes.keys()]).toEqual(['a']);
  });

  it('ends with the call', async () => {
    const deadline = new Deadline(5);
    const measuring = {deadline, sizes: new Map<string, number>(), patienceMs: 60_000};
    await expect(workspaceBytes(clusterOf({}), [known('slow')], measuring)).rejects.toThrow(
      'not done',
    );
  });
});

import {describe, expect, it} from 'vitest';
import {InterruptedError, KubeError, PodExecError, type KubeFailure} from '../../src/errors.ts';
import type {Cluster, Pod} from '../../src/kube/cluster.ts';
import {withTerminal} from '../../src/session/ask-terminals.ts';
import {Deadline} from '../../src/time/deadline.ts';

const failure = (kind: KubeFailure, message = 'the words') =>
  new KubeError(message, {failure: kind, status: 0, detail: message, outcomeUnknown: false});

/** What an exec in a pod comes to: an exit code, an error, or nothing before the time is up. */
type Outcome = number | Error | 'silence';

const podOn = (node: string, name: string): Pod => ({
  metadata: {name, uid: name},
  spec: {nodeName: node},
  status: {phase: 'Running'},
});

/** Asks these pods, by name, node and what comes of an exec in them. */
async function asked(
  pods: readonly (readonly [string, string, Outcome])[],
  {budgetMs = 30_000, get, parent}: {budgetMs?: number; get?: Error; parent?: AbortSignal} = {},
) {
  let execs = 0;
  const at = (deadline: Deadline): Cluster =>
    ({
      within: at,
      exec: async ({pod}: {pod: string}) => {
        execs++;
        const outcome = pods.find(([name]) => name === pod)?.[2] ?? 0;
        if (outcome === 'silence') {
          await new Promise(resolve => deadline.signal.addEventListener('abort', resolve));
          throw failure('unreachable', 'no answer');
        }
        await Promise.resolve();
        if (typeof outcome !== 'number') throw outcome;
        return {exitCode: outcome, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0)};
      },
      pods: {
        get: (name: string) => {
          const pod = pods.find(each => each[0] === name);
          return get ? Promise.reject(get) : Promise.resolve(podOn(pod?.[1] ?? '', name));
        },
      },
    }) as unknown as Cluster;
  const deadline = new Deadline(budgetMs, parent ? {parent} : {});
  const warnings: string[] = [];
  const questions = pods.map(([name, node]) => ({session: `s-${name}`, pod: podOn(node, name)}));
  const sinceMs = performance.now();
  const alive = await withTerminal({cluster: at(deadline), deadline}, questions, text =>
    warnings.push(text),
  );
  const names = [...alive].map(({pod}) => pod.metadata.name);
  return {names, warnings, execs, seconds: (performance.now() - sinceMs) / 1000};
}

describe('a pod', () => {
  it('is alive or not as its tmux says', async () => {
    expect(
      await asked([
        ['a', 'n', 0],
        ['b', 'n', 1],
        ['c', 'n', 0],
      ]),
    ).toMatchObject({
      ...{names: ['a', 'c'], warnings: [], execs: 3},
    });
  });

  it.each<[string, Error]>([
    ['without a container agent', failure('invalid', 'container agent is not valid for pod odd')],
    ['without a shell', new PodExecError('the image lacks this program', {mayHaveRun: false})],
  ])('%s is left out at once', async (_, error) => {
    const {names, warnings, seconds} = await asked([
      ['a', 'n', 0],
      ['odd', 'n', error],
    ]);
    expect(names).toEqual(['a']);
    expect(warnings).toEqual([
      `session "s-odd" is left out: pod odd cannot be asked: ${error.message}`,
    ]);
    expect(seconds).toBeLessThan(3);
  });

  it.concurrent.each<[string, Outcome, number]>([
    ['that the API server cannot reach', failure('unavailable', 'error dialing backend'), 4],
    ['that breaks every exec', new PodExecError('the connection broke', {mayHaveRun: true}), 15],
    ['of which nothing comes back', 'silence', 15],
  ])('%s is left out after a time', async (_, outcome, leastSeconds) => {
    const {names, warnings, seconds} = await asked([
      ['a', 'n', 0],
      ['box', 'm', outcome],
    ]);
    expect(names).toEqual(['a']);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^session "s-box" is left out: pod box cannot be asked: node m does not answer: /,
      ),
    ]);
    expect(seconds).toBeGreaterThan(leastSeconds);
    expect(seconds).toBeLessThan(leastSeconds + 8);
  });

  it('is not asked where others of its node were so in vain', async () => {
    const pods = Array.from(
      {length: 40},
      (_, at) => [`p${at}`, 'm', failure('unavailable')] as const,
    );
    const {names, warnings, seconds} = await asked([['a', 'n', 0], ...pods]);
    expect([names, warnings.length]).toEqual([['a'], 40]);
    expect(seconds).toBeLessThan(13);
  });
});

describe('what is no pod’s fault', () => {
  it.each<[string, Error]>([
    ['a missing right', failure('forbidden')],
    ['credentials', failure('unauthorized')],
    ['a bug', new TypeError('the words')],
  ])('is raised: %s', async (_, error) => {
    await expect(
      asked([
        ['a', 'n', 0],
        ['b', 'n', error],
      ]),
    ).rejects.toBe(error);
  });

  it.concurrent.each<[string, Outcome, Error | undefined]>([
    ['an API server that has no time', failure('throttled'), undefined],
    [
      'an API server that does not answer for the pod either',
      failure('unavailable'),
      failure('unreachable'),
    ],
  ])('is raised at the deadline: %s', async (_, outcome, get) => {
    const vain = asked(
      [
        ['a', 'n', 0],
        ['b', 'm', outcome],
      ],
      {budgetMs: 7_000, ...(get ? {get} : {})},
    );
    await expect(vain).rejects.toBeInstanceOf(KubeError);
  });

  it('is raised at the deadline where no node of several answers', async () => {
    const away = failure('unavailable', 'error dialing backend: no agent available');
    const vain = asked(
      [
        ['a', 'n', away],
        ['b', 'm', away],
      ],
      {budgetMs: 9_000},
    );
    await expect(vain).rejects.toBe(away);
  });

  it('a signal ends it', async () => {
    const signal = AbortSignal.timeout(200);
    const controller = new AbortController();
    signal.addEventListener('abort', () => controller.abort(new InterruptedError('SIGINT')));
    const vain = asked([['a', 'n', 'silence']], {parent: controller.signal});
    await expect(vain).rejects.toBeInstanceOf(InterruptedError);
  });
});

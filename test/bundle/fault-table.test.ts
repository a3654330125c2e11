import {describe, expect, it, vi} from 'vitest';
import {whileRuns} from '../kit/while-runs.ts';
import {ANSWERS} from './answers.ts';
import type {City} from './city.ts';
import {city, ON_A_SESSION, podUntil} from './city.ts';
import {ALL, names, ordered, rows} from './operation-rows.ts';
import {ONE_LINE, summary} from './program.ts';

/** What they say of a session whose pod has ended. */
const ABSENT: Record<string, string> = {
  'is-running': '0 false\n',
  'process-alive': '0 false\n',
  'is-attached': '0 false\n',
  'copy-from': '1 | copy-from mayor: session "mayor" has no pod to copy from\n',
  exec: '1 | exec mayor: session "mayor" has no pod to run a command in\n',
};

/** Waits until a start watches its pod, and the pod's status has these words. */
async function watched({dev}: City, words: string): Promise<void> {
  await podUntil(dev, 'mayor', pod => JSON.stringify(pod.status).includes(words));
  await vi.waitUntil(() => dev.requests.some(({verb}) => verb === 'watch'), 30_000);
}

describe('every operation', () => {
  it('meets an expired token: says so in one line, and changes nothing', async () => {
    for (const row of await rows(ordered({type: 'expired-token'}))) {
      const code = row.operation === 'exec' ? 255 : 1;
      expect([row.code, row.stdout.toString()], row.operation).toEqual([code, '']);
      expect(row.stderr).toMatch(ONE_LINE);
      expect(row.stderr).toContain('does not accept these credentials: Unauthorized');
      expect(names(row), row.operation).toEqual(['mayor']);
      expect(row.own.pod.ran, row.operation).toEqual([]);
    }
  });

  it.each([86_400, -86_400])('does not mind a clock that is %i s ahead', async seconds => {
    for (const row of await rows(ordered({type: 'clock-skew', seconds}))) {
      expect(summary(row), row.operation).toBe(`0 ${ANSWERS[row.operation] ?? ''}`);
    }
  });

  it.each([
    ['was ended for its memory', (own: City) => own.dev.pod('mayor').outOfMemory()],
    ['was evicted', (own: City) => own.dev.pod('mayor').evict()],
  ])('takes a session whose pod %s for absent', async (_how, end) => {
    for (const row of await rows(end, ON_A_SESSION)) {
      expect(summary(row), row.operation).toBe(ABSENT[row.operation] ?? '0 ');
      // A new start would have its way; stop has taken the remains away.
      expect(names(row), row.operation).toEqual(row.operation === 'stop' ? [] : ['mayor']);
    }
  });
});

describe('a node that is not heard of', () => {
  it('is told by an exec, which changes nothing, and is no matter to what needs no node', async () => {
    const lost = ordered({type: 'node-silent'});
    const wanted = ['exec mayor', 'list-running', 'stop mayor'];
    const [stop, exec, list] = await rows(
      lost,
      ALL.filter(([args]) => wanted.includes(args)),
    );
    expect([stop?.code, stop?.stderr]).toEqual([0, '']);
    expect(exec?.code).toBe(255);
    expect(exec?.stderr).toMatch(/^[^\n]*no route to host[^\n]*\n$/);
    expect(exec && names(exec)).toEqual(['mayor']);
    // It may run, but nobody can reach it.
    expect(list && summary(list)).toBe('0 ');
  });

  it('ends a start that waits for it, which says what the scheduler said', async () => {
    const own = await city();
    own.dev.faults.add({match: {}, action: {type: 'node-silent'}});
    const {ended, interrupt} = own.begin('start mayor', {stdin: '{}'});
    await whileRuns(ended, watched(own, 'unreachable'));
    interrupt();
    const {code, stderr} = await ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain('untolerated taint {node.kubernetes.io/unreachable: }');
    expect(own.pods()).toEqual([]);
  });

  it('that is given up leaves a session that is absent, and whose name can be had', async () => {
    const ON_ITS_PLACE = ['is-running mayor', 'list-running', 'stop mayor'];
    const calls = ALL.filter(([args]) => ON_ITS_PLACE.includes(args));
    for (const row of await rows(own => own.dev.pod('mayor').loseNode(), calls)) {
      const nothing = row.operation === 'list-running' || row.operation === 'stop' ? '' : 'false\n';
      expect([row.operation, summary(row)]).toEqual([row.operation, `0 ${nothing}`]);
    }
  });
});

describe('a start', () => {
  it('whose watch is never answered goes on', async () => {
    const own = await city();
    own.dev.faults.add({match: {path: /watch=/}, action: {type: 'hang'}});
    expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
    expect(own.pods()).toHaveLength(1);
  });
});

describe('a start whose pod no node takes', () => {
  it('waits, says the scheduler’s words when it is stopped, and leaves nothing', async () => {
    const own = await city();
    own.dev.faults.add({match: {}, action: {type: 'pod', how: 'unschedulable'}});
    const {ended, interrupt} = own.begin('start mayor', {stdin: '{}'});
    await whileRuns(ended, watched(own, 'Unschedulable'));
    const asked = await Promise.all(
      ['is-running mayor', 'list-running'].map(async args => summary(await own.run(args))),
    );
    expect(asked).toEqual(['0 false\n', '0 ']);
    interrupt();
    const {code, stderr} = await ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(ONE_LINE)]);
    expect(stderr.match(/0\/1 nodes are available: 1 node\(s\) didn't match/g)).toHaveLength(1);
    expect(stderr).toMatch(/; free or add a node [^;]*\n$/);
    expect(own.pods()).toEqual([]);
    expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
  });
});

describe('a start whose pod cannot live', () => {
  it.each([
    ['image-pull', /ImagePullBackOff: Back-off pulling image "agent:1"/],
    ['oom', /the pod ended: OOMKilled, exit code 137/],
    ['evict', /Evicted: The node was low on resource: memory/],
  ] as const)('(%s) says why and leaves nothing', async (how, words) => {
    const own = await city();
    own.dev.faults.add({match: {}, action: {type: 'pod', how}});
    const {code, stdout, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toMatch(words);
    expect(own.pods()).toEqual([]);
    // And the next one is as if nothing had been.
    expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
  });
});

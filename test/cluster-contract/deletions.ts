import {describe, expect, test} from 'vitest';
import type {ApiClient, Body, WatchLine} from './api-client.ts';
import {freshName} from './config-maps.ts';
import {sayingPod, shellPod, watchOf} from './running-pod.ts';

interface State {
  readonly running?: object;
  readonly terminated?: {readonly exitCode: number; readonly reason: string};
}

/** A change of a pod as `TYPE phase`, with what its deletion and its container add to it. */
function told({type, object}: WatchLine): string {
  const {phase, containerStatuses} = object.status as {
    readonly phase: string;
    readonly containerStatuses?: readonly {readonly state: State}[];
  };
  const ended = containerStatuses?.[0]?.state.terminated;
  return [
    ...[type, phase],
    ...(object.metadata?.deletionTimestamp === undefined ? [] : ['deleted']),
    ...(ended === undefined ? [] : [`${ended.reason} ${ended.exitCode}`]),
  ].join(' ');
}

/** What the watch tells up to the deletion, each once. */
async function lifeOf(lines: AsyncIterable<WatchLine>): Promise<{said: string[]; last: Body}> {
  const said: string[] = [];
  for await (const line of lines) {
    const now = told(line);
    if (said.at(-1) !== now) said.push(now);
    if (line.type === 'DELETED') return {said, last: line.object};
  }
  throw new Error('the watch ended before the pod');
}

/** What becomes of a pod that runs when it is deleted. */
export function describeDeletions(api: () => ApiClient): void {
  describe('deletion of a pod that runs', () => {
    const deleted = async (
      script: string,
      spec: object,
      query = '',
    ): Promise<{said: string[]; last: Body; answer: Body; name: string}> => {
      const name = freshName('doomed');
      const life = lifeOf(await watchOf(api(), name));
      await sayingPod(api(), name, shellPod(name, script, spec));
      const {status, body} = await api().call('DELETE', `/pods/${name}${query}`);
      expect([status, body.kind]).toEqual([200, 'Pod']);
      return {...(await life), answer: body, name};
    };

    test('within its grace it ends as it wants, and all of that is seen', async () => {
      const spec = {terminationGracePeriodSeconds: 20};
      const before = Date.now();
      const {said, answer, last, name} = await deleted(
        'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done',
        spec,
      );
      expect(said).toEqual([
        'ADDED Pending',
        'MODIFIED Pending',
        'MODIFIED Running',
        'MODIFIED Running deleted',
        'MODIFIED Failed deleted Error 7',
        'DELETED Failed deleted Error 7',
      ]);
      expect(answer.metadata).toMatchObject({deletionGracePeriodSeconds: 20});
      const at = Date.parse(answer.metadata?.deletionTimestamp ?? '');
      expect(at).toBeGreaterThanOrEqual(before + 20_000 - 1000);
      expect(last.metadata).toMatchObject({name, deletionGracePeriodSeconds: 0});
    });

    test('what ends well has succeeded', async () => {
      const {said} = await deleted('trap "exit 0" TERM; echo up; while :; do sleep 0.1; done', {});
      expect(said.at(-1)).toBe('DELETED Succeeded deleted Completed 0');
    });

    test('after its grace it is killed', async () => {
      const stubborn = 'trap "" TERM; echo up; while :; do sleep 0.1; done';
      const {said} = await deleted(stubborn, {terminationGracePeriodSeconds: 1});
      expect(said.at(-1)).toBe('DELETED Failed deleted Error 137');
    });

    test('a grace of 0 takes it away at once', async () => {
      const {said} = await deleted('echo up; exec sleep 3600', {}, '?gracePeriodSeconds=0');
      expect(said.slice(2)).toEqual([
        'MODIFIED Running',
        'MODIFIED Running deleted',
        'DELETED Running deleted',
      ]);
    });

    test('a shorter grace replaces a longer one, and the other way round it does not', async () => {
      const name = freshName('hurried');
      const pod = shellPod(name, 'trap "" TERM; echo up; while :; do sleep 0.1; done');
      const life = lifeOf(await watchOf(api(), name));
      await sayingPod(api(), name, pod);
      const graceAfter = async (seconds: number): Promise<unknown> => {
        const {body} = await api().call('DELETE', `/pods/${name}?gracePeriodSeconds=${seconds}`);
        return (body.metadata as {deletionGracePeriodSeconds?: number}).deletionGracePeriodSeconds;
      };
      expect(await graceAfter(60)).toBe(60);
      expect(await graceAfter(100)).toBe(60);
      expect(await graceAfter(1)).toBe(1);
      expect((await life).said.at(-1)).toBe('DELETED Failed deleted Error 137');
    });

    test('the kubelet posts that it stops the container', async () => {
      const {name} = await deleted('trap "exit 0" TERM; echo up; while :; do sleep 0.1; done', {});
      const query = encodeURIComponent(`involvedObject.name=${name},reason=Killing`);
      const {body} = await api().call('GET', `/events?fieldSelector=${query}`);
      expect(body.items?.map(({message}) => message)).toEqual(['Stopping container agent']);
    });
  });
}

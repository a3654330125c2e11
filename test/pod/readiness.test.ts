import {describe, expect, it} from 'vitest';
import type {Cluster, CoreEvent, Pod} from '../../src/kube/cluster.ts';
import {obstacle, unsaid, warningEvents} from '../../src/pod/readiness.ts';

const POD: Pod = {metadata: {name: 'p', uid: 'u'}};

const withStatus = (status: NonNullable<Pod['status']>): Pod => ({...POD, status});
const waiting = (reason: string, message = 'the words') =>
  withStatus({
    phase: 'Pending',
    containerStatuses: [{name: 'agent', state: {waiting: {reason, message}}}],
  });
const ended = (terminated: {exitCode: number; reason?: string; message?: string}) =>
  withStatus({phase: 'Failed', containerStatuses: [{name: 'agent', state: {terminated}}]});
const unscheduled = withStatus({
  phase: 'Pending',
  conditions: [
    {type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes'},
  ],
});

describe('obstacle', () => {
  it.each([
    ['new', POD],
    ['pending', withStatus({phase: 'Pending'})],
    ['creating', waiting('ContainerCreating')],
    ['running', withStatus({phase: 'Running'})],
    [
      'scheduled',
      withStatus({phase: 'Pending', conditions: [{type: 'PodScheduled', status: 'True'}]}),
    ],
  ])('there is none for a pod that is %s', (_, pod) => {
    expect(obstacle(pod)).toBeUndefined();
  });

  it.each([
    ...['InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError'],
    ...['CreateContainerError', 'RunContainerError', 'ImageInspectError', 'ImagePullBackOff'],
  ])('%s never heals', reason => {
    expect(obstacle(waiting(reason))).toEqual({
      reason: `the container is waiting: ${reason}: the words`,
      isFinal: true,
    });
  });

  it.each(['ErrImagePull', 'PodInitializing', 'RegistryUnavailable'])('%s may heal', reason => {
    expect(obstacle(waiting(reason))).toMatchObject({isFinal: false});
    expect(obstacle(waiting(reason))?.reason).toContain(reason);
  });

  it('a Secret that the kubelet was too slow to fetch is fetched again', () => {
    const message = 'failed to sync secret cache: timed out waiting for the condition';
    const pod = waiting('CreateContainerConfigError', message);
    expect(obstacle(pod)).toMatchObject({isFinal: false});
    expect(obstacle(pod)?.reason).toContain(message);
  });

  it.each(['CreateContainerError', 'RunContainerError', 'CreateContainerConfigError'])(
    '%s of a node that was too busy may heal',
    reason => {
      for (const message of [
        'context deadline exceeded',
        'rpc error: code = DeadlineExceeded desc = failed to create shim task: context deadline exceeded',
        'failed to reserve container name "agent_mayor_gc_0": name "agent_mayor_gc_0" is reserved for "0a1b"',
      ]) {
        expect(obstacle(waiting(reason, message))).toMatchObject({isFinal: false});
      }
    },
  );

  it('a registry that does not answer in time is no busy node', () => {
    const message = 'Back-off pulling image "a:1": dial tcp: context deadline exceeded';
    expect(obstacle(waiting('ImagePullBackOff', message))).toMatchObject({isFinal: true});
  });

  it('a pod that is held back may be let go', () => {
    const message = 'Scheduling is blocked due to non-empty scheduling gates';
    const conditions = [
      {type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message},
    ];
    expect(obstacle(withStatus({phase: 'Pending', conditions}))).toEqual({
      ...{reason: `not scheduled: SchedulingGated: ${message}`, isFinal: false},
    });
  });

  it('no node now may be one later', () => {
    expect(obstacle(unscheduled)).toEqual({
      reason: 'not scheduled: Unschedulable: 0/3 nodes',
      isFinal: false,
    });
  });

  it('a cordoned node can be given back', () => {
    const message = '0/3 nodes are available: 3 node(s) were unschedulable.';
    const conditions = [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message}];
    const found = obstacle(withStatus({phase: 'Pending', conditions}));
    expect(found?.isFinal).toBe(false);
    expect(found?.reason).toContain(`${message}; kubectl uncordon`);
  });

  it.each([
    [{exitCode: 137, reason: 'OOMKilled'}, 'the pod ended: OOMKilled, exit code 137'],
    [{exitCode: 1, message: 'oops'}, 'the pod ended: ended, exit code 1: oops'],
  ])('says how the container ended: %j', (terminated, reason) => {
    expect(obstacle(ended(terminated))).toEqual({reason, isFinal: true});
  });

  it.each([
    [{phase: 'Failed', reason: 'Evicted', message: 'low on disk'}, 'Evicted: low on disk'],
    [{phase: 'Succeeded'}, 'Succeeded'],
  ])('says why a pod without a container ended: %j', (status, words) => {
    expect(obstacle(withStatus(status))).toEqual({
      reason: `the pod ended: ${words}`,
      isFinal: true,
    });
  });

  it('a deletion is final', () => {
    const pod = {...POD, metadata: {...POD.metadata, deletionTimestamp: '2026-01-01T00:00:00Z'}};
    expect(obstacle(pod)).toMatchObject({isFinal: true});
    expect(obstacle(pod)?.reason).toContain('deleted');
  });
});

/** A cluster that has these events, and notes what it was asked. */
function clusterWith(pages: readonly CoreEvent[][], asked: unknown[] = []): Cluster {
  const events = {
    list: async function* (query: unknown) {
      asked.push(query);
      for (const items of pages) yield await Promise.resolve({items, resourceVersion: '1'});
    },
  };
  return {events} as unknown as Cluster;
}

describe('warningEvents', () => {
  const event = (reason: string, time: Partial<CoreEvent>): CoreEvent => ({
    metadata: {name: reason},
    reason,
    message: `${reason} happened`,
    ...time,
  });

  it('gives the two newest, each once, of all pages, in their order', async () => {
    const first = event('FailedMount', {lastTimestamp: '2026-01-01T00:00:03Z'});
    const second = event('Failed', {eventTime: '2026-01-01T00:00:04.5Z'});
    const asked: unknown[] = [];
    const cluster = clusterWith(
      [
        [second, first],
        [first, event('Old', {})],
      ],
      asked,
    );
    expect(await warningEvents(cluster, POD)).toEqual([
      'FailedMount: FailedMount happened',
      'Failed: Failed happened',
    ]);
    expect(asked).toEqual([
      {fieldSelector: 'involvedObject.name=p,involvedObject.uid=u,type=Warning'},
    ]);
  });

  it('gives nothing when there is nothing', async () => {
    expect(await warningEvents(clusterWith([[]]), POD)).toEqual([]);
  });
});

describe('what warnings add', () => {
  const said = 'the container is waiting: ImagePullBackOff: Back-off: ErrImagePull: no such host';
  it.each([
    [['Failed: Failed to pull image "r/a:1": no such host', 'Failed: Error: ErrImagePull'], said],
    [
      ['FailedScheduling: 0/3 nodes: 3 cordoned'],
      'not scheduled: Unschedulable: 0/3 nodes: 3 cordoned',
    ],
  ])('is nothing that was said already: %j', (warnings, words) => {
    expect(unsaid(words, warnings)).toEqual([]);
  });

  it('is what is told nowhere else', () => {
    const news = ['FailedMount: secret "x" not found', 'Failed'];
    expect(unsaid(said, news)).toEqual(news);
  });
});

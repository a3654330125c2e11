import {describe, expect, it} from 'vitest';
import {
  DeadlineError,
  InterruptedError,
  KubeError,
  PodFailedError,
  SettingsError,
  UsageError,
} from '../../src/errors.ts';
import type {Cluster, Pod} from '../../src/kube/cluster.ts';
import {checkImage as check} from '../../src/session/check-image.ts';

/** Checks it, and gives the warnings. */
async function checkImage(
  image: string | undefined,
  connect: () => Promise<Cluster>,
): Promise<string[]> {
  const warnings: string[] = [];
  await check(image, connect, text => warnings.push(text));
  return warnings;
}

function clusterWith(...pods: Pod[]): Promise<Cluster> {
  const list = async function* () {
    yield await Promise.resolve({items: [], resourceVersion: '1'});
    yield await Promise.resolve({items: pods, resourceVersion: '1'});
  };
  return Promise.resolve({pods: {list}} as unknown as Cluster);
}

const podWaiting = (image: string, reason: string): Pod => ({
  metadata: {name: 'p'},
  spec: {containers: [{name: 'agent', image}]},
  status: {
    phase: 'Pending',
    containerStatuses: [{name: 'agent', state: {waiting: {reason, message: 'no such tag'}}}],
  },
});

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('a reference', () => {
  it.each([
    'a',
    'alpine:3.20',
    'library/alpine',
    'localhost/x',
    'localhost:5000/a/b:1',
    'registry.example.com/team/gc-agent:v1.2_x',
    'REGISTRY.example.com:443/a',
    `a@${DIGEST}`,
    `ghcr.io/a/b:tag@${DIGEST}`,
    'a__b/c--d/e.f',
    '10.0.0.1:5000/x',
    '[fd00::1]:5000/x',
    `x:${'t'.repeat(128)}`,
  ])('%s is taken', async image => {
    await expect(checkImage(image, () => clusterWith())).resolves.toEqual([]);
  });

  it.each([
    undefined,
    '',
    'A',
    'a b',
    ' a',
    'a\n',
    'a:',
    'a/',
    '/a',
    'a//b',
    'a:b:c',
    'a@sha256:12',
    'a@',
    '-a',
    'a_',
    'a..b',
    'https://a/b',
    `x:${'t'.repeat(129)}`,
    'x'.repeat(513),
    `${'a-'.repeat(250)}!`,
  ])('%.40s is refused before anything is asked', async image => {
    const never = () => Promise.reject(new Error('asked'));
    await expect(checkImage(image, never)).rejects.toBeInstanceOf(UsageError);
  });
});

describe('a pull', () => {
  it.each(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'])(
    'known to fail with %s fails, with the kubelet’s words',
    async reason => {
      const checked = checkImage('a:1', () => clusterWith(podWaiting('a:1', reason)));
      await expect(checked).rejects.toBeInstanceOf(PodFailedError);
      await expect(checked).rejects.toThrow(`${reason}: no such tag (pod p)`);
    },
  );

  it.each([
    ['of another image', podWaiting('a:2', 'ImagePullBackOff')],
    ['that failed once, and is tried again', podWaiting('a:1', 'ErrImagePull')],
    ['still going on', podWaiting('a:1', 'ContainerCreating')],
    ['done', {metadata: {name: 'p'}, spec: {containers: [{name: 'agent', image: 'a:1'}]}}],
  ])('%s is no failure', async (_, pod) => {
    await expect(checkImage('a:1', () => clusterWith(pod))).resolves.toEqual([]);
  });

  const facts = {failure: 'unreachable', status: 0, detail: '', outcomeUnknown: false} as const;
  it.each<[string, Error]>([
    ['an API server', new KubeError('nobody there', facts)],
    ['settings that hold', new SettingsError('no kubeconfig')],
    ['time', new DeadlineError('not done after 5 s')],
  ])('that cannot be asked about for want of %s is a warning', async (_, error) => {
    await expect(checkImage('a:1', () => Promise.reject(error))).resolves.toEqual([
      `it is not known whether image a:1 can be pulled: ${error.message}`,
    ]);
  });

  it('that a signal ends is a failure', async () => {
    const ended = () => Promise.reject(new InterruptedError('SIGINT'));
    await expect(checkImage('a:1', ended)).rejects.toBeInstanceOf(InterruptedError);
  });
});

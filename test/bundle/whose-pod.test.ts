import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../src/kube/cluster.ts';
import {clusterAt, connectionOf} from '../kube/kit.ts';
import {city, podRunning, type City} from './city.ts';
import {summary} from './program.ts';

/** A running pod as another provider makes it, with or without the annotation. */
async function foreign(own: City, name: string, session?: string): Promise<void> {
  await clusterAt(connectionOf(own.dev)).pods.create({
    metadata: {
      name,
      labels: {app: 'gc-agent', 'gc-session': name},
      ...(session === undefined ? {} : {annotations: {'gc-session-name': session}}),
    },
    spec: {restartPolicy: 'Never', containers: [{name: 'agent', image: 'agent:1'}]},
  } as Parameters<Cluster['pods']['create']>[0]);
  await podRunning(own.dev, name);
  own.dev.clearRequests();
}

const names = (own: City) => own.pods().map(({metadata}) => metadata.name);

describe('a pod without an annotation', () => {
  it('is the session’s that its label names, and not one’s with the same form', async () => {
    const own = await city();
    await foreign(own, 'q-r');
    expect(summary(await own.run('is-running q/r'))).toBe('0 false\n');
    expect(summary(await own.run('nudge q/r', {stdin: 'x'}))).toBe('0 ');
    expect(summary(await own.run('stop q/r'))).toBe('0 ');
    expect(own.pod.typed).toEqual([]);
    expect(names(own)).toEqual(['q-r']);
    expect(summary(await own.run('list-running'))).toBe('0 q-r\n');
    expect(summary(await own.run('is-running q-r'))).toBe('0 true\n');
    expect(summary(await own.run('stop q-r'))).toBe('0 ');
    expect(names(own)).toEqual([]);
  });
});

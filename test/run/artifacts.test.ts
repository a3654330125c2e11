import {describe, expect, it} from 'vitest';
import type {Cluster, ContainerState, Pod} from '../../src/kube/cluster.ts';
import {listArtifacts} from '../../src/run/artifacts.ts';

const SHA256 = 'a'.repeat(64);

const unused = (): never => {
  throw new Error('nothing is asked of an ended container');
};

const cluster = {exec: unused} as unknown as Cluster;

/** A pod whose agent has ended, and its keeper so. */
const ended = (keeper: ContainerState['terminated'] | undefined, more: object = {}): Pod => ({
  metadata: {name: 'mayor', ...more},
  status: {
    phase: 'Failed',
    containerStatuses: [
      {name: 'agent', state: {terminated: {exitCode: 3}}},
      ...(keeper ? [{name: 'keeper', state: {terminated: keeper}}] : []),
    ],
  },
});

describe('the artifacts of a pod whose containers have ended', () => {
  it('are none when its keeper found none, and as it listed them when it did', async () => {
    expect(await listArtifacts(cluster, ended({exitCode: 0}))).toEqual({artifacts: [], errors: []});
    const message = `${SHA256} 4 644 a.txt\n! b leads out\n`;
    expect(await listArtifacts(cluster, ended({exitCode: 0, message}))).toEqual({
      artifacts: [{path: '/run/gc/output/artifacts/a.txt', size: 4, mode: '644', sha256: SHA256}],
      errors: ['b leads out'],
    });
  });

  it('are not known when it was taken away before it looked, or was never there', async () => {
    const gone = /^the files of pod mayor can no longer be read: its containers have ended; /;
    const deletionTimestamp = '2026-01-02T12:00:00Z';
    for (const pod of [ended({exitCode: 137}), ended({exitCode: 0}, {deletionTimestamp})]) {
      await expect(listArtifacts(cluster, pod)).rejects.toThrow(gone);
    }
    await expect(listArtifacts(cluster, ended(undefined))).rejects.toThrow(/GC_K8S_RETENTION=keep/);
  });
});

import type {V1PersistentVolumeClaim} from '@kubernetes/client-node';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {skipped} from '../../kit/unless.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

interface StorageClasses {
  items: {metadata: {annotations?: Record<string, string>}}[];
}

describe('a workspace that outlives its pod', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('claim')));
  afterAll(() => ground.close());

  async function hasDefaultClass(): Promise<boolean> {
    const {text} = await ground.api.callAt('/apis/storage.k8s.io/v1/storageclasses', 'GET');
    const {items} = JSON.parse(text) as StorageClasses;
    return items.some(
      ({metadata}) =>
        metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
    );
  }

  it('keeps its files over stop and start', async context => {
    if (!(await hasDefaultClass())) skipped(context, 'the cluster has no default storage class');
    onTestFinished(giveBack);
    await ground.api.call('POST', '/persistentvolumeclaims', {
      metadata: {name: 'work'},
      spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '10Mi'}}},
    });
    const env = {GC_K8S_WORKSPACE_PVC: 'work'};
    await ground.start('a', {command: 'cat'}, {env});
    succeeded(await ground.gc(['exec', 'a'], {stdin: 'echo kept >notes'}));
    succeeded(await ground.gc(['stop', 'a']));
    await ground.start('a', {command: 'cat'}, {env});
    expect(succeeded(await ground.gc(['exec', 'a'], {stdin: 'cat notes; rm notes'})).stdout).toBe(
      'kept\n',
    );
  });

  /** A volume that is retained, not deleted with its claim, is made free for others again. */
  async function giveBack(): Promise<void> {
    succeeded(await ground.gc(['stop', 'a']));
    const claim = (await ground.api.call('GET', '/persistentvolumeclaims/work')).text;
    const {volumeName: name} = (JSON.parse(claim) as V1PersistentVolumeClaim).spec ?? {};
    await ground.api.call('DELETE', '/persistentvolumeclaims/work');
    if (name === undefined) return;
    const path = `/api/v1/persistentvolumes/${name}`;
    const {status, text} = await until('the volume is let go', async () => {
      const answer = await ground.api.callAt(path, 'GET');
      return (answer.status === 404 || !answer.text.includes('"phase":"Bound"')) && answer;
    });
    if (status === 404 || !text.includes('"phase":"Released"')) return;
    await ground.api.callAt(path, 'PATCH', [{op: 'remove', path: '/spec/claimRef'}], {
      'content-type': 'application/json-patch+json',
    });
  }
});

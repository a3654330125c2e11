import {join} from 'node:path';
import type {V1PersistentVolumeClaim} from '@kubernetes/client-node';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {write} from '../../kit/temporary-directory.ts';
import {skipped} from '../../kit/unless.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {isEmbedded} from '../kit/real-nodes.ts';

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

  it('keeps its files over stop and start, and gets those that are new', async context => {
    if (!isEmbedded && !(await hasDefaultClass()))
      skipped(context, 'the cluster has no default storage class');
    onTestFinished(giveBack);
    await ground.api.call('POST', '/persistentvolumeclaims', {
      metadata: {name: 'work'},
      spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '10Mi'}}},
    });
    const env = {GC_K8S_WORKSPACE_PVC: 'work'};
    const work = join(ground.directory, 'work');
    write(work, {changed: 'first\n', same: 'first\n', 'dir/old': 'first\n'});
    const start = async (session: string, command: string) =>
      ground.start(session, {command, work_dir: work}, {env});
    const run = async (session: string, command: string) =>
      succeeded(await ground.gc(['exec', session], {stdin: command})).stdout;
    await start('a', 'echo one; cat');
    await run('a', 'echo kept >notes; echo mine >changed');
    succeeded(await ground.gc(['stop', 'a']));
    write(work, {new: 'second\n', 'dir/new': 'second\n', same: 'second\n'});
    await start('a', 'echo two; cat');
    expect(await run('a', 'tail -n +1 -q changed same new dir/old dir/new notes')).toBe(
      'mine\nfirst\nsecond\nfirst\nsecond\nkept\n',
    );
    await ground.screen('a', text => text.startsWith('two\n'));
    // Another agent of the claim.
    await start('b', 'cat');
    expect(await run('b', 'cat changed')).toBe('mine\n');
    expect(await run('b', 'ls -A; rm -rf ./* ')).toBe('changed\ndir\nnew\nnotes\nsame\n');
  });

  /** A volume that is retained, not deleted with its claim, is made free for others again. */
  async function giveBack(): Promise<void> {
    for (const session of ['a', 'b']) succeeded(await ground.gc(['stop', session]));
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

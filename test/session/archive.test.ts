import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {buffer, text as consumed} from 'node:stream/consumers';
import {extract} from 'tar-stream';
import {describe, expect, it} from 'vitest';
import {LAUNCHER} from '../../src/pod/staging/launch-files.ts';
import {StagingPlan} from '../../src/pod/staging/plan.ts';
import {planTree} from '../../src/pod/staging/tree.ts';
import {Archive} from '../../src/session/start/archive.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

const text = (content: string) =>
  ({kind: 'text', content: Buffer.from(content), mode: 0o600}) as const;

/** A plan with a work directory of one file and a launcher, as it is before its pod is there. */
async function planned(content: string) {
  const source = temporaryDirectory();
  const file = join(source, 'notes');
  writeFileSync(file, content);
  const plan = new StagingPlan();
  await planTree(plan, {source, target: '/workspace'});
  plan.put(LAUNCHER, text('first launcher'));
  return {plan, file};
}

/** What `launch` adds once it knows the pod. */
function complete(plan: StagingPlan) {
  plan.put('/run/gc/run', text('run_id=1'));
  plan.put(LAUNCHER, text('launcher'));
}

async function taken(archive: Archive, plan: StagingPlan) {
  const {length, pieces} = archive.of(plan);
  const stream = await buffer(pieces());
  const reader = extract();
  reader.end(stream);
  const files: [string, string][] = [];
  for await (const entry of reader) {
    if (entry.header.type === 'file') files.push([entry.header.name, await consumed(entry)]);
  }
  return {length, bytes: stream.length, files};
}

describe('the archive for a pod', () => {
  it('has what was planned later behind what was read ahead, the launcher last', async () => {
    const {plan} = await planned('of the workspace');
    const archive = new Archive({plan, warn: () => undefined});
    complete(plan);
    const {length, bytes, files} = await taken(archive, plan);
    expect(bytes).toBe(length);
    expect(files).toEqual([
      ['workspace/notes', 'of the workspace'],
      ['run/gc/run', 'run_id=1'],
      [LAUNCHER.slice(1), 'launcher'],
    ]);
  });

  it('reads before it is taken, and again for another try', async () => {
    const {plan, file} = await planned('early');
    // Its absence is told when all before it was read.
    plan.put('/workspace/gone', {
      ...{kind: 'file', source: `${file}-gone`, size: 1, mode: 0o600, modified: new Date(0)},
    });
    const warnings: string[] = [];
    const archive = new Archive({plan, warn: words => void warnings.push(words)});
    await expect.poll(() => warnings).toHaveLength(1);
    writeFileSync(file, 'later');
    complete(plan);
    expect((await taken(archive, plan)).files[0]).toEqual(['workspace/notes', 'early']);
    expect((await taken(archive, plan)).files[0]).toEqual(['workspace/notes', 'later']);
  });
});

import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import type {ExecHandler} from '../../dev-cluster/exec/call.ts';
import {city, exchanges, temporaryDirectory} from './city.ts';
import {summary} from './program.ts';

/** A session is stopped while its transcripts are asked for; the pod packs them so. */
async function stopped(pack: ExecHandler) {
  const own = await city({exec: pack});
  await own.session('mayor');
  const destination = join(own.home, 'kept');
  const settings = {GC_TRANSCRIPTS_SRC: '/home/agent/logs', GC_TRANSCRIPTS_DEST: destination};
  return {own, destination, ended: await own.run('stop mayor', {settings})};
}

it('stop copies the transcripts before it deletes the pod', async () => {
  const there = temporaryDirectory();
  mkdirSync(join(there, 'a'));
  writeFileSync(join(there, 'a', 'é.jsonl'), '{"said": 1}\n');
  const commands: (readonly string[])[] = [];
  const {own, destination, ended} = await stopped(async call => {
    commands.push(call.command);
    await call.stdout(execFileSync('tar', ['-C', there, '-cf', '-', '.']));
    return 0;
  });
  expect(summary(ended)).toBe('0 ');
  expect(readFileSync(join(destination, 'a', 'é.jsonl'), 'utf8')).toBe('{"said": 1}\n');
  expect(commands.map(words => words.at(-1))).toEqual(['/home/agent/logs']);
  expect(exchanges(own)).toEqual(['get pods/exec', 'list pods', 'delete pods']);
});

it('stop warns of transcripts that it cannot copy, and deletes the pod all the same', async () => {
  const {own, ended} = await stopped(async call => {
    await call.stderr('no such directory\n');
    return 1;
  });
  expect(summary(ended)).toMatch(
    /^0 \| warning: transcripts not saved: cannot copy \/home\/agent\/logs [^\n]*: no such directory\n$/,
  );
  expect(own.pods()).toEqual([]);
});

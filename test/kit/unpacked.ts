import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {StagingPlan} from '../../src/pod/staging/plan.ts';
import {tarLength, tarOf} from '../../src/pod/staging/tar.ts';
import {temporaryDirectory} from './temporary-directory.ts';

function streamOf({entries}: StagingPlan, warnings: string[]) {
  const warn = (text: string) => void warnings.push(text);
  return tarOf(entries, {length: tarLength(entries), warn});
}

/** The plan's tar stream, whole. */
export async function archiveOf(plan: StagingPlan, warnings: string[] = []): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of streamOf(plan, warnings)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Unpacks a plan as the pod does, with the system's tar; gives the directory that stands for its root. */
export async function unpacked(plan: StagingPlan, warnings: string[] = []): Promise<string> {
  const root = join(temporaryDirectory(), 'pod');
  mkdirSync(root);
  const script = 'head -c "$1" | { tar -xpof - -C "$2"; code=$?; cat >/dev/null; exit $code; }';
  const child = spawn('sh', ['-c', script, 'sh', String(tarLength(plan.entries)), root], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = once(child, 'close');
  await pipeline(Readable.from(streamOf(plan, warnings)), child.stdin);
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`tar exited ${code}`);
  return root;
}

/** `git` in a directory, with an identity and without this machine's configuration. */
export function git(directory: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=unit', '-c', 'user.email=unit@example.com'];
  const env = {PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1'};
  return execFileSync('git', [...identity, '-C', directory, ...args], {
    env,
    stdio: 'pipe',
  }).toString();
}

import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {openRunDirectory} from '../../../demo/place/run-directory.ts';
import {temporaryDirectory} from '../../kit/temporary-directory.ts';

it('is gone with all that is in it', async () => {
  const temporary = temporaryDirectory();
  const directory = await openRunDirectory(temporary);
  writeFileSync(join(directory.city, 'agent.sh'), '');
  directory.remove();
  expect(readdirSync(temporary)).toEqual([]);
});

it('removes what a killed demo left, and nothing of a living one', async () => {
  const temporary = temporaryDirectory();
  const living = await openRunDirectory(temporary);
  const killed = await openRunDirectory(temporary);
  const claim = join(dirname(killed.city), 'demo.json');
  const dead = Number(execFileSync('sh', ['-c', 'echo $$'], {encoding: 'utf8'}));
  const was = JSON.parse(readFileSync(claim, 'utf8')) as object;
  writeFileSync(claim, JSON.stringify({...was, pid: dead}));
  await openRunDirectory(temporary);
  expect(existsSync(killed.city)).toBe(false);
  expect(existsSync(living.city)).toBe(true);
});

it('ends what a killed demo started, by the mark in its environment', async () => {
  const temporary = temporaryDirectory();
  const killed = await openRunDirectory(temporary);
  const child = spawn('sleep', ['1000'], {env: {...process.env, ...killed.mark}});
  const other = spawn('sleep', ['1000']);
  onTestFinished(() => void other.kill());
  execFileSync('rm', [join(dirname(killed.city), 'demo.json')]);
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(dirname(killed.city), longAgo, longAgo);
  await openRunDirectory(temporary);
  const [, signal] = (await once(child, 'exit')) as [unknown, string];
  expect(signal).toBe('SIGKILL');
  expect(other.exitCode ?? other.signalCode).toBe(null);
});

it('leaves one alone that is just being made', async () => {
  const temporary = temporaryDirectory();
  const made = await openRunDirectory(temporary);
  const path = dirname(made.city);
  execFileSync('rm', [join(path, 'demo.json')]);
  await openRunDirectory(temporary);
  expect(existsSync(path)).toBe(true);
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(path, longAgo, longAgo);
  await openRunDirectory(temporary);
  expect(existsSync(path)).toBe(false);
});

it('leaves a cluster running that was kept, and removes it once it has ended', async () => {
  const temporary = temporaryDirectory();
  const kept = await openRunDirectory(temporary);
  kept.keep();
  const path = dirname(kept.city);
  const own = readFileSync(join(path, 'demo.json'), 'utf8');
  execFileSync('rm', [join(path, 'demo.json')]);
  execFileSync('mkdir', [kept.cluster.directory]);
  writeFileSync(kept.cluster.lockFile, own);
  await openRunDirectory(temporary);
  expect(existsSync(path)).toBe(true);
  execFileSync('rm', [kept.cluster.lockFile]);
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(path, longAgo, longAgo);
  await openRunDirectory(temporary);
  expect(existsSync(path)).toBe(false);
});

import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {onProcesses, testOnProcesses} from '../dev-cluster/process/kit.ts';
import {CACHES} from '../kit/caches.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';
import {run, summary} from './program.ts';

const MIB = 2 ** 20;

/** Writes the most memory that the process held, in KiB, when it exits. */
const NOTE_MEMORY = (file: string) =>
  `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;

/** A running session of this command, and the executable with it. */
async function started(command: string, processName: string) {
  const {dev, home} = await onProcesses({namespace: 'gc'});
  const kubeconfig = join(home, 'kubeconfig');
  dev.writeKubeconfig(kubeconfig);
  const path = process.env.PATH ?? '';
  const env = {PATH: path, HOME: home, ...CACHES, KUBECONFIG: kubeconfig, GC_K8S_IMAGE: 'agent'};
  const stdin = JSON.stringify({command, process_names: [processName]});
  expect(summary(await run(['start', 'mayor'], {env, stdin, deadlineMs: 120_000}))).toBe('0 ');
  return {dev, home, env};
}

/** Writes on and on, as an agent does into its transcript; more than goes through a pipe before it is read. */
const WRITES_ON = `mkdir logs; head -c ${20 * MIB} /dev/zero >logs/long
exec sh -c 'while :; do echo a line >>logs/long; done' writer`;

/** A session whose workspace holds 150 MiB in `big`, of which `sum` is what sha256sum says. */
async function withBig() {
  const {dev, home, env} = await started('exec cat', '^cat');
  const fill = `head -c ${150 * MIB} /dev/urandom >big; sha256sum <big`;
  const {stdout} = await run(['exec', 'mayor'], {env, stdin: fill, deadlineMs: 60_000});
  const memory = join(home, 'memory');
  writeFileSync(`${memory}.cjs`, NOTE_MEMORY(memory));
  const noting = {...env, NODE_OPTIONS: `--require ${memory}.cjs`};
  return {
    dev,
    noting,
    sum: String(stdout),
    heldBytes: () => Number(readFileSync(memory, 'utf8')) * 1024,
  };
}

const sumOf = (bytes: Buffer) => execFileSync('sha256sum', {input: bytes}).toString();

const FORBIDDEN = {type: 'status', code: 403, reason: 'Forbidden', message: 'no more'} as const;

describe('copy-from', () => {
  testOnProcesses('takes files that are written to meanwhile, and says so', async () => {
    const {env, home} = await started(WRITES_ON, 'writer$');
    const there = join(home, 'there');
    const copied = await run(['copy-from', 'mayor', 'logs', there], {env});
    expect(summary(copied)).toBe('0 | warning: ./long: file changed as we read it\n');
    expect(statSync(join(there, 'long')).size).toBeGreaterThanOrEqual(20 * MIB);

    const settings = {
      GC_TRANSCRIPTS_SRC: '/workspace/logs/long',
      GC_TRANSCRIPTS_DEST: join(home, 'kept'),
    };
    const stopped = await run(['stop', 'mayor'], {env: {...env, ...settings}});
    expect(summary(stopped)).toBe('0 | warning: ./long: file changed as we read it\n');
    expect(statSync(join(home, 'kept')).size).toBeGreaterThanOrEqual(20 * MIB);
  });

  testOnProcesses('holds little of a large copy, and starts over when it is cut off', async () => {
    const {dev, noting, sum, heldBytes} = await withBig();
    const directory = temporaryDirectory();
    const there = join(directory, 'there');
    const copy = () => run(['copy-from', 'mayor', 'big', there], {env: noting, deadlineMs: 60_000});
    dev.faults.add({
      match: {path: /exec/},
      action: {type: 'exec', how: 'cut', afterBytes: 9 * MIB},
    });
    expect(summary(await copy())).toBe('0 ');
    expect(sumOf(readFileSync(there))).toBe(sum);
    expect(heldBytes()).toBeLessThan(130 * MIB);

    // What is there stays as it is when a copy fails.
    const {mtimeMs} = statSync(there);
    dev.faults.add({
      match: {path: /exec/},
      action: {type: 'exec', how: 'cut', afterBytes: 9 * MIB},
    });
    dev.faults.add({match: {path: /exec/, times: 9}, action: FORBIDDEN});
    expect((await copy()).stderr).toContain('no more');
    expect(statSync(there)).toMatchObject({mtimeMs, size: 150 * MIB});
    expect(readdirSync(directory)).toEqual(['there']);
  });

  testOnProcesses('prints a large file once and whole, or nothing of it', async () => {
    const {dev, noting, sum, heldBytes} = await withBig();
    const directory = temporaryDirectory();
    const print = () =>
      run(['copy-from', 'mayor', 'big'], {env: noting, cwd: directory, deadlineMs: 60_000});
    const cut = () =>
      dev.faults.add({
        match: {path: /exec/, nth: 2},
        action: {type: 'exec', how: 'cut', afterBytes: 9 * MIB},
      });
    cut();
    const {code, stdout, stderr} = await print();
    expect([code, stderr, sumOf(stdout)]).toEqual([0, '', sum]);
    expect(heldBytes()).toBeLessThan(130 * MIB);

    dev.faults.clear();
    cut();
    dev.faults.add({match: {path: /exec/, nth: 2, times: 9}, action: FORBIDDEN});
    const failed = await print();
    expect([failed.code, failed.stdout.length]).toEqual([1, 0]);
    expect(failed.stderr).toContain('no more');
    expect(readdirSync(directory)).toEqual([]);
  });
});

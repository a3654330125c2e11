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

describe('copy-from', () => {
  testOnProcesses('holds little of a large copy, and starts over when it is cut off', async () => {
    const {dev, home} = await onProcesses({namespace: 'gc'});
    const kubeconfig = join(home, 'kubeconfig');
    dev.writeKubeconfig(kubeconfig);
    const path = process.env.PATH ?? '';
    const env = {PATH: path, HOME: home, ...CACHES, KUBECONFIG: kubeconfig, GC_K8S_IMAGE: 'agent'};
    const stdin = JSON.stringify({command: 'exec cat', process_names: ['^cat']});
    expect(summary(await run(['start', 'mayor'], {env, stdin, deadlineMs: 120_000}))).toBe('0 ');
    const fill = `head -c ${150 * MIB} /dev/urandom >big; sha256sum <big`;
    const {stdout} = await run(['exec', 'mayor'], {env, stdin: fill, deadlineMs: 60_000});

    const directory = temporaryDirectory();
    const memory = join(home, 'memory');
    writeFileSync(`${memory}.cjs`, NOTE_MEMORY(memory));
    const noting = {...env, NODE_OPTIONS: `--require ${memory}.cjs`};
    const there = join(directory, 'there');
    const copy = () => run(['copy-from', 'mayor', 'big', there], {env: noting, deadlineMs: 60_000});
    dev.faults.add({
      match: {path: /exec/},
      action: {type: 'exec', how: 'cut', afterBytes: 9 * MIB},
    });
    expect(summary(await copy())).toBe('0 ');
    expect(execFileSync('sha256sum', {input: readFileSync(there)}).toString()).toBe(String(stdout));
    expect(Number(readFileSync(memory, 'utf8')) * 1024).toBeLessThan(130 * MIB);

    // What is there stays as it is when a copy fails.
    const {mtimeMs} = statSync(there);
    const forbidden = {type: 'status', code: 403, reason: 'Forbidden', message: 'no more'} as const;
    dev.faults.add({
      match: {path: /exec/},
      action: {type: 'exec', how: 'cut', afterBytes: 9 * MIB},
    });
    dev.faults.add({match: {path: /exec/, times: 9}, action: forbidden});
    expect((await copy()).stderr).toContain('no more');
    expect(statSync(there)).toMatchObject({mtimeMs, size: 150 * MIB});
    expect(readdirSync(directory)).toEqual(['there']);
  });
});

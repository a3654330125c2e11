import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {onProcesses, testOnProcesses} from '../dev-cluster/process/kit.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';
import {GC_K8S} from './people/gc-k8s.ts';
import {ONE_LINE, run, summary} from './program.ts';
import {CACHES} from '../kit/caches.ts';

const LEAVE =
  'cd "$GC_ARTIFACTS_DIR" && mkdir deep && head -c 300000 /dev/urandom >deep/random && echo hello >"a b" && ln -s /etc/passwd out; sha256sum deep/random; exec cat';

describe('artifacts as one archive', () => {
  testOnProcesses('hold what an agent left, and no half of it', async () => {
    const {dev, home} = await onProcesses({namespace: 'gc'});
    const kubeconfig = join(home, 'kubeconfig');
    dev.writeKubeconfig(kubeconfig);
    const path = process.env.PATH ?? '';
    const env = {PATH: path, HOME: home, ...CACHES, KUBECONFIG: kubeconfig, GC_K8S_IMAGE: 'agent'};
    const stdin = JSON.stringify({command: LEAVE, process_names: ['^cat']});
    expect(summary(await run(['start', 'mayor'], {env, stdin, deadlineMs: 120_000}))).toBe('0 ');

    const directory = temporaryDirectory();
    const gc = (...words: string[]) =>
      run(['artifacts', 'mayor', ...words], {env, executable: GC_K8S, cwd: directory});
    const {code, stdout, stderr} = await gc('--archive', 'kept.tar.gz');
    expect([code, stdout.toString()]).toEqual([0, '2 artifacts in kept.tar.gz\n']);
    expect(stderr).toBe('warning: out is a link that leads out of the directory\n');
    expect(readdirSync(directory)).toEqual(['kept.tar.gz']);
    const there = join(directory, 'there');
    mkdirSync(there);
    execFileSync('tar', ['-xzf', 'kept.tar.gz', '-C', there], {cwd: directory});
    expect(readdirSync(there, {recursive: true}).toSorted()).toEqual([
      'a b',
      'deep',
      'deep/random',
    ]);
    expect(readFileSync(join(there, 'a b'), 'utf8')).toBe('hello\n');
    const sum = execFileSync('sha256sum', ['deep/random'], {cwd: there, encoding: 'utf8'});
    const peek = await run(['peek', 'mayor', '0'], {env});
    expect(peek.stdout.toString().replaceAll('\n', '')).toContain(sum.slice(0, 64));

    for (const [words, why] of [
      [['--archive', join(directory, 'none', 'kept.tar.gz')], /none\/kept\.tar\.gz.*ENOENT/],
      [['--archive', there], /there is a directory; /],
      [['kept.tar.gz'], /cannot make the directory kept\.tar\.gz: EEXIST/],
    ] as const) {
      const {code: refused, stderr: line} = await gc(...words);
      expect([refused, line]).toEqual([1, expect.stringMatching(ONE_LINE)]);
      expect(line).toMatch(why);
      expect(line).not.toContain('internal error');
    }
    expect(readdirSync(directory).toSorted()).toEqual(['kept.tar.gz', 'there']);
    const both = await gc('there', '--archive', 'x');
    expect([both.code, both.stderr]).toEqual([1, expect.stringMatching(/exclude each other/)]);
  });
});

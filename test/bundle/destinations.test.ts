import {existsSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {onProcesses, testOnProcesses} from '../dev-cluster/process/kit.ts';
import {CACHES} from '../kit/caches.ts';
import {GC_K8S} from './people/gc-k8s.ts';
import {ONE_LINE, run, summary} from './program.ts';

/** A path that Linux answers ENOENT for, although the directory above it is there. */
const UNMAKEABLE = '/proc/no-such-place';

describe.runIf(existsSync('/proc'))('a destination that cannot be made', () => {
  testOnProcesses('is named at once, with the reason', async () => {
    const {dev, home} = await onProcesses({namespace: 'gc'});
    const kubeconfig = join(home, 'kubeconfig');
    dev.writeKubeconfig(kubeconfig);
    const path = process.env.PATH ?? '';
    const env = {PATH: path, HOME: home, ...CACHES, KUBECONFIG: kubeconfig, GC_K8S_IMAGE: 'agent'};
    const command = 'echo kept >"$GC_ARTIFACTS_DIR/file"; exec cat';
    const stdin = JSON.stringify({command, process_names: ['^cat']});
    expect(summary(await run(['start', 'mayor'], {env, stdin, deadlineMs: 120_000}))).toBe('0 ');

    const people = {env, executable: GC_K8S, deadlineMs: 60_000};
    const fails = [
      await run(['artifacts', 'mayor', `${UNMAKEABLE}/deep`], people),
      await run(['artifacts', 'mayor', '--archive', `${UNMAKEABLE}/file`], people),
      await run(['copy-from', 'mayor', '/run/gc/output', `${UNMAKEABLE}/deep`], {env}),
      await run(['copy-from', 'mayor', '/run/gc/output/artifacts/file', `${UNMAKEABLE}/x`], {env}),
    ];
    // A place that cannot be looked at, whoever asks: a link to itself.
    const loop = join(home, 'loop');
    symlinkSync('loop', loop);
    const unseen = await run(['artifacts', 'mayor', '--archive', join(loop, 'file')], people);
    expect(summary(unseen)).toMatch(
      /^1 \| artifacts mayor: the archive \S+\/loop\/file cannot be written: ELOOP[^;\n]*; name a file that can\n$/,
    );
    const settings = {GC_K8S_LOG_LEVEL: 'debug', GC_K8S_LOG_FILE: `${UNMAKEABLE}/log`};
    fails.push(await run(['protocol'], {env: {...env, ...settings}}));
    for (const {code, stdout, stderr} of fails) {
      expect([code, stdout.toString()]).toEqual([1, '']);
      expect(stderr).toMatch(ONE_LINE);
      expect(stderr).toContain(UNMAKEABLE);
      expect(stderr).toContain('ENOENT');
    }
    // A cache that cannot be kept costs time only.
    const cacheless = {...env, GC_EXEC_STATE_DIR: UNMAKEABLE};
    for (let call = 0; call < 3; call++) {
      expect((await run(['peek', 'mayor'], {env: cacheless})).code).toBe(0);
    }
  });
});

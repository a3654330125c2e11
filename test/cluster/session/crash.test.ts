import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {describeUnless} from '../../kit/unless.ts';
import {GC_TEST_CRASH, nodesReport, SETTLES_WITHIN_MS, whyNoCrash} from '../kit/crash.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';

const SECONDS = '5';

describeUnless(whyNoCrash, 'while a component of the cluster is away', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('crash');
    await ground.start('a', {
      command: `stty -echo; while IFS= read -r line; do printf 'got <%s>\\n' "$line"; done`,
    });
  });
  afterAll(() => ground.close());
  afterAll(nodesReport, SETTLES_WITHIN_MS);

  it.each(['apiserver', 'kubelet'])('%s', {timeout: 300_000}, async component => {
    let isBack = false;
    const crashed = promisify(execFile)(GC_TEST_CRASH, [component, SECONDS]).finally(
      () => (isBack = true),
    );
    const failures: string[] = [];
    const typed: string[] = [];
    const kept: string[] = [];
    const calls = {
      isRunning: async () => {
        const ran = await ground.gc(['is-running', 'a']);
        if (ran.code !== 0) failures.push(ran.stderr);
        else expect(ran.stdout).toBe('true\n');
      },
      list: async () => {
        const ran = await ground.gc(['list-running', 'a']);
        if (ran.code !== 0) failures.push(ran.stderr);
        else expect(ran.stdout).toBe('a\n');
      },
      nudge: async () => {
        const text = `${component} ${typed.length + failures.length} ${Math.random()}`;
        const ran = await ground.gc(['nudge', 'a'], {stdin: text});
        if (ran.code === 0) typed.push(text);
        else failures.push(ran.stderr);
      },
      setMeta: async () => {
        const value = `${component}-${Math.random()}`;
        const ran = await ground.gc(['set-meta', 'a', 'K'], {stdin: value});
        if (ran.code === 0) kept.push(value);
        else failures.push(ran.stderr);
      },
      exec: async () => {
        const ran = await ground.gc(['exec', 'a'], {stdin: 'echo did run'});
        if (ran.code === 0) expect(ran.stdout).toBe('did run\n');
        else failures.push(ran.stderr);
      },
      processAlive: async () => {
        const ran = await ground.gc(['process-alive', 'a'], {stdin: 'bash'});
        if (ran.code !== 0) failures.push(ran.stderr);
        else expect(ran.stdout).toBe('true\n');
      },
    };
    await Promise.all(
      Object.values(calls).map(async call => {
        do await call();
        while (!isBack);
        await call();
      }),
    );
    await crashed;
    // Each failure is one line that says why.
    for (const failure of failures) expect(failure.trim()).toMatch(/^[a-z-]+( a)?: .+$/);
    const screen = await ground.screen('a', text => typed.every(line => text.includes(line)));
    for (const line of typed) expect(screen.split(`got <${line}>`)).toHaveLength(2);
    const value = succeeded(await ground.gc(['get-meta', 'a', 'K'])).stdout;
    if (kept.length > 0) expect(value).toBe(kept.at(-1));

    const request = {stdin: '{"command":"cat"}'};
    const again = promisify(execFile)(GC_TEST_CRASH, [component, SECONDS]);
    const started = await ground.gc(['start', `late-${component}`], request);
    await again;
    if (started.code === 0) {
      const {stdout} = succeeded(await ground.gc(['is-running', `late-${component}`]));
      expect(stdout).toBe('true\n');
    } else expect(started.stderr.trim().split('\n')).toHaveLength(1);
  });
});

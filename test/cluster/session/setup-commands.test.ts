import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {ended} from '../run/kit.ts';

const GIVEN = 'Qx7vN2pLk9RtYw3ZbH8mJd5GsF1cVa6E';
const FROM_CLUSTER = 'uT4oPi0MnB2xCz8LqWe6RyHj1KgDf3Sv';
const SHARES = GIVEN.slice(0, 12);

/** Prints what is left of a line of 300 characters, and a value that begins before its end. */
const across = (name: string, before = 290) => `printf '%${before}s%s\\n' '' "$${name}" | tr ' ' x`;

/** Eight characters of a key are too many already. */
function partsOf(secret: string): string[] {
  return Array.from({length: secret.length - 7}, (_, at) => secret.slice(at, at + 8));
}

describe('the commands that prepare a session', () => {
  let ground: Playground;
  const env = {GC_K8S_ENV_FROM_SECRET: 'model-keys'};
  const given = {A_TOKEN: GIVEN, B_TOKEN: SHARES, PEM_SECRET: `begin\n${GIVEN}\nend`};
  beforeAll(async () => {
    ground = await openPlayground('setup-commands');
    const stringData = {MODEL_API_KEY: FROM_CLUSTER};
    await ground.api.call('POST', '/secrets', {metadata: {name: 'model-keys'}, stringData});
  });
  afterAll(() => ground.close());

  const clean = (text: string) => {
    for (const part of [...partsOf(GIVEN), ...partsOf(FROM_CLUSTER)]) {
      expect(text).not.toContain(part);
    }
  };

  it('tell no part of a secret, wherever a warning of one line is cut', async () => {
    const commands = [
      `${across('A_TOKEN')}; exit 3`,
      `${across('MODEL_API_KEY')}; exit 4`,
      `echo "$MODEL_API_KEY"; exit 5`,
      `echo "$PEM_SECRET" | head -n 2; exit 6`,
      // The command itself is cut, too.
      `${' '.repeat(185)}echo ${GIVEN} >/dev/null; echo harmless; exit 7`,
    ];
    const request = {command: 'cat', env: given, pre_start: commands, session_setup: commands};
    const {stderr} = await ground.start('cut', request, {env});
    const warnings = stderr.trim().split('\n');
    expect(warnings).toHaveLength(10);
    for (const code of [3, 4, 5, 6, 7]) {
      const words = code === 7 ? 'harmless' : '[a line with a secret]';
      expect(stderr).toMatch(new RegExp(`warning: pre_start .* exited ${code}: `));
      expect(stderr).toContain(`exited ${code}: ${words}\n`);
    }
    clean(stderr);
  });

  it('tell none of an agent’s last words either', async () => {
    const last = [across('A_TOKEN'), 'echo "$MODEL_API_KEY"', 'echo "$PEM_SECRET"', 'exit 1'];
    const command = last.join('; ');
    const died = await ground.gc(['start', 'died'], {
      stdin: JSON.stringify({command, env: given}),
      env,
    });
    expect([died.code, died.stderr]).toEqual([
      1,
      expect.stringContaining('begin | [a line with a secret] | end'),
    ]);
    clean(died.stderr);
    const shot = {command, env: given, lifecycle: 'one_shot'};
    await ground.start('over', shot, {env});
    const run = await ended(ground, 'over');
    expect(run.lastLines).toContain('[a line with a secret]');
    clean(JSON.stringify(run));
  });

  it('leave nothing behind when their time is up, whatever they began', async () => {
    const late = [
      'sh -c "trap \'\' TERM; while :; do sleep 1.25; done" &',
      'sleep 1001 & (sleep 1002 &);',
      'sleep 1003',
    ].join(' ');
    // What one that is done in time leaves at work may stay.
    const request = {command: 'cat', session_setup: ['sleep 1004 &', late]};
    const {stderr} = await ground.start('late', request);
    expect(stderr).toMatch(/^warning: session_setup .* exited 1\d\d:/);
    const sleeping = async () => {
      const script = `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '`;
      const {stdout} = await ground.shell('late', script);
      return [...stdout.matchAll(/sleep (1\.25|100\d)/g)].map(([, time]) => time).toSorted();
    };
    expect(await sleeping()).toEqual(['1004']);
    succeeded(await ground.gc(['stop', 'late']));
    await ground.gone('late');
  });
});

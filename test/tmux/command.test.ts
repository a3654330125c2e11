import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {SessionAbsentError} from '../../src/errors.ts';
import {runCommand} from '../../src/tmux/command.ts';
import commandScript from '../../src/tmux/scripts/command.sh';
import prelude from '../../src/tmux/scripts/prelude.sh';
import {write} from '../kit/temporary-directory.ts';
import {
  moved,
  programsWithout,
  SESSION,
  terminal,
  until,
  withoutSession,
  type Terminal,
} from '../kit/terminal.ts';

async function run(pod: Terminal, command: string | Buffer) {
  const output: Buffer[] = [];
  const code = await runCommand(pod.place, Buffer.from(command), piece => void output.push(piece));
  return {code, output: Buffer.concat(output).toString()};
}

interface Started {
  readonly length?: number;
  readonly shell?: string;
}

/** Starts command.sh with a stdin that stays open, in a process group of its own. */
function started(
  pod: Terminal,
  command: string,
  {length = Buffer.byteLength(command), shell = 'sh'}: Started = {},
) {
  const script = moved(`${prelude}\n${commandScript}`, pod.directory);
  const child = spawn(shell, ['-c', script, 'gc', SESSION, String(length), ''], {
    env: pod.environment,
    cwd: pod.directory,
    detached: true,
  });
  child.stdin.write(command);
  return child;
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

describe('runCommand', () => {
  it.each([0, 1, 2, 7, 93, 126, 127, 255])('mirrors the exit code %i', async code => {
    expect((await run(withoutSession(), `exit ${code}`)).code).toBe(code);
    expect((await run(withoutSession(), `(exit ${code})`)).code).toBe(code);
  });

  it('gives 127 and the shell’s words for a program that is not there', async () => {
    const {code, output} = await run(withoutSession(), 'no-such-program-here');
    expect(code).toBe(127);
    expect(output).toContain('no-such-program-here');
  });

  it('gives 2 for a command that no shell can read', async () => {
    expect((await run(withoutSession(), 'if then (')).code).toBe(2);
  });

  it.each([
    ['kill -9 $$', 137],
    ['kill -9 "${$}"; sleep 1000', 137],
    ['kill $$; sleep 1000', 143],
    ['kill 0; sleep 1000', 143],
    ['sh -c \'kill -9 "$PPID"\'', 137],
  ])('answers at once when the command kills its shell: %s', async (command, code) => {
    // Its stdin stays open: nothing but the end of the command ends this.
    expect(await run(withoutSession(), command)).toEqual({code, output: ''});
  });

  it('lets a command signal itself by its own id', async () => {
    const command = `trap 'echo "its é"; exit 7' USR1; cat; kill -USR1 $$; sleep 1000`;
    expect(await run(withoutSession(), command)).toEqual({code: 7, output: 'its é\n'});
  });

  it('gives both streams in their order, whole', async () => {
    const command = 'for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf "no end"';
    expect((await run(withoutSession(), command)).output).toBe(
      'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nno end',
    );
    expect((await run(withoutSession(), 'seq 1 100000')).output).toHaveLength(588_895);
  });

  it.each([
    "printf %s 'été'; printf '\\n'",
    'echo "a\nb"\n\n',
    "cat <<'E'\n  kept $x\nE\n",
    '# nothing',
  ])('runs %j as a shell would', async command => {
    const expected = spawn('sh', ['-c', command]);
    let text = '';
    expected.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    await new Promise(resolve => expected.on('close', resolve));
    expect(await run(withoutSession(), command)).toEqual({code: 0, output: text});
  });

  it('runs a command of 300 KB', async () => {
    const {code, output} = await run(withoutSession(), `: '${'é'.repeat(150_000)}'; echo done`);
    expect({code, output}).toEqual({code: 0, output: 'done\n'});
  });

  it('gives the command no input, and its locale as it was', async () => {
    const {output} = await run(withoutSession(), 'cat; echo "${LC_ALL-unset}"');
    expect(output).toBe('unset\n');
  });

  it('starts in the work directory with the session’s variables', async () => {
    const pod = withoutSession();
    mkdirSync(join(pod.directory, 'workspace/rig'), {recursive: true});
    write(pod.directory, {
      'run/gc/env': `export MY_TOKEN='secret'\nGC_DIR='${pod.directory}/workspace/rig'\n`,
    });
    const {output} = await run(pod, 'pwd; echo "$MY_TOKEN"');
    expect(output).toBe(`${pod.directory}/workspace/rig\nsecret\n`);
  });

  it('types what gc would have tmux type', async () => {
    const pane = await terminal();
    expect(await run(pane, "'tmux' 'send-keys' '-t' 'main' '-l' '-a;'")).toEqual({
      code: 0,
      output: '',
    });
    expect(await run(pane, "'tmux' 'send-keys' '-t' 'main' 'Enter'")).toEqual({
      code: 0,
      output: '',
    });
    await until(() => pane.typed().endsWith('\n'));
    expect(pane.typed()).toBe('-a;\n');
  });

  it('fails for a session without a pod', async () => {
    const {place} = withoutSession();
    await expect(
      runCommand({...place, session: 'other'}, Buffer.from('true'), () => undefined),
    ).rejects.toBeInstanceOf(SessionAbsentError);
  });
});

/** A command longer than what may be left unread. */
const LONG = `: '${'x'.repeat(300_000)}'`;

describe('a command of any length', () => {
  it.each([['short'], [LONG]])('for the pod of another session is read to its end', async text => {
    const {place} = withoutSession();
    await expect(
      runCommand({...place, session: 'other'}, Buffer.from(text), () => undefined),
    ).rejects.toBeInstanceOf(SessionAbsentError);
  });

  it.each([['short'], [LONG]])('is refused, and read, where the image has no head', async text => {
    const pod = withoutSession();
    pod.environment.PATH = programsWithout('head');
    await expect(run(pod, text)).rejects.toThrow(/image has no head/);
  });
});

describe('command.sh', () => {
  it('ends its command, and what that started, when its caller goes away', async () => {
    const pod = withoutSession();
    const file = join(pod.directory, 'pid');
    const draft = `${file}-draft`;
    const child = started(pod, `sleep 1000 & echo $! >${draft}; mv ${draft} ${file}; wait`);
    await until(() => existsSync(file));
    child.stdin.end();
    await new Promise(resolve => child.on('close', resolve));
    await until(() => !isAlive(Number(readFileSync(file, 'utf8'))));
  });

  it.each(['sh', 'bash'])('ends a command that ignores SIGTERM, too, under %s', async shell => {
    const pod = withoutSession();
    const child = started(pod, 'trap "" TERM; echo up; sleep 1000; sleep 1000', {shell});
    await new Promise(resolve => child.stdout.once('data', resolve));
    child.stdin.end();
    await new Promise(resolve => child.on('close', resolve));
  });

  it('leaves alone what outlives its shell', async () => {
    const pod = withoutSession();
    const file = join(pod.directory, 'pid');
    const child = started(pod, `sleep 1000 >/dev/null 2>&1 & echo $! >${file}; kill -9 $PPID $$`);
    await new Promise(resolve => child.on('close', resolve));
    child.stdin.end();
    const left = Number(readFileSync(file, 'utf8'));
    expect(isAlive(left)).toBe(true);
    process.kill(left, 'SIGTERM');
  });

  it('runs nothing of a command that broke off', async () => {
    const pod = withoutSession();
    const child = started(pod, `touch ${pod.directory}/ran`, {length: 300});
    let words = '';
    child.stderr.on('data', (piece: Buffer) => (words += piece.toString()));
    child.stdin.end();
    const code = await new Promise(resolve => child.on('close', resolve));
    expect({code, words}).toEqual({code: 93, words: 'gc:incomplete\n'});
    expect(existsSync(join(pod.directory, 'ran'))).toBe(false);
  });
});

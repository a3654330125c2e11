import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import outputScript from '../../src/pod/scripts/output.sh';
import {temporaryDirectory, write} from '../kit/temporary-directory.ts';
import {moved, until} from '../kit/terminal.ts';

const MIB = 2 ** 20;

/** Runs output.sh as tmux's pipe-pane does: what is written goes where the pane's output goes. */
function pane(shell: string, limit = 8 * MIB) {
  const directory = temporaryDirectory();
  write(directory, {
    'run/gc/run': `output_limit=${limit}\n`,
    'run/gc/output/open': '',
    log: '',
    'run/gc/output.sh': moved(outputScript, directory),
  });
  const child = spawn(shell, [join(directory, 'run/gc/output.sh')], {stdio: ['pipe', 2, 2]});
  const output = join(directory, 'run/gc/output');
  const ended = new Promise(resolve => child.on('close', resolve));
  return {
    output,
    log: join(output, 'agent.log'),
    /** What the container printed. */
    printed: () => readFileSync(join(directory, 'log'), 'utf8'),
    say: (text: string) => void child.stdin?.write(text),
    end: async () => {
      child.stdin?.end();
      await ended;
    },
  };
}

describe.each(['sh', 'bash'])('output.sh under %s', shell => {
  it('gives all to the container and to the log, and says when it is done', async () => {
    const {say, end, output, log, printed} = pane(shell);
    const text = 'line\n'.repeat(100_000);
    say(text);
    await end();
    expect(printed()).toBe(text);
    expect(readFileSync(log, 'utf8')).toBe(text);
    expect(existsSync(join(output, 'open'))).toBe(false);
  });

  it('keeps the newer part of what exceeds the limit', async () => {
    const {say, end, output, printed} = pane(shell, 4 * MIB);
    const text = Array.from({length: 1_000_000}, (_, at) => `${at}\n`).join('');
    say(text);
    await end();
    expect(printed()).toBe(text);
    expect(readdirSync(output).toSorted()).toEqual(['agent.log', 'agent.log.1']);
    const kept = ['agent.log.1', 'agent.log'].map(name => readFileSync(join(output, name), 'utf8'));
    expect(text.endsWith(kept.join(''))).toBe(true);
    expect(kept.join('').length).toBeGreaterThan(MIB);
  });

  it('goes on after the agent emptied its log', async () => {
    const {say, end, log, printed} = pane(shell);
    const first = 'first\n'.repeat(300_000);
    say(first);
    await until(() => existsSync(log) && readFileSync(log).length === first.length);
    truncateSync(log);
    const second = 'second\n'.repeat(400_000);
    say(second);
    await end();
    expect(printed()).toBe(first + second);
    expect(readFileSync(log, 'utf8')).toBe(second);
  });

  it('prints on when the log takes no more', async () => {
    const {say, end, log, output, printed} = pane(shell);
    say('first\n');
    await until(() => existsSync(log));
    rmSync(log);
    mkdirSync(log);
    const text = 'line\n'.repeat(1_000_000);
    say(text);
    await end();
    expect(printed()).toBe(`first\n${text}`);
    expect(existsSync(join(output, 'open'))).toBe(false);
  });
});

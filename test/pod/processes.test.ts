import {spawn} from 'node:child_process';
import {describe, expect, it, onTestFinished} from 'vitest';
import {parseProcesses, runsAny} from '../../src/pod/processes.ts';
import processesScript from '../../src/tmux/scripts/processes.sh';
import {until, withoutSession, terminal} from '../kit/terminal.ts';

const report = (own: string, ...processes: [string, string][]) =>
  [own, ...processes.map(([id, line]) => `==> /proc/${id}/cmdline <==\n${line}\n`)].join('\n');

describe('parseProcesses', () => {
  it('gives command lines as pgrep -f sees them, without the script’s own', () => {
    const text = report(
      '7',
      ['1', 'sh\0-c\0echo'],
      ['7', 'sh\0-c\0processes'],
      ['8', 'tail\0-v\0-c\0+1\0/proc/1/cmdline\0/proc/7/cmdline\0'],
      ['9', ''],
      ['10', 'claude\0--model\0x y\0'],
      ['11', 'python\0-c\0import os\n\nprint(1)\n'],
      ['71', 'sleep\0' + '1'],
    );
    expect(parseProcesses(text)).toEqual([
      'sh -c echo',
      'claude --model x y',
      'python -c import os\n\nprint(1)',
      'sleep 1',
    ]);
  });

  it('gives nothing for nothing', () => {
    expect(parseProcesses('')).toEqual([]);
    expect(parseProcesses('7\n')).toEqual([]);
  });
});

describe('processes.sh', () => {
  it('reports what runs, not itself', async () => {
    const mark = `unit-${process.pid}-${Date.now()}`;
    const child = spawn('sh', ['-c', 'read -r x', mark]);
    onTestFinished(() => void child.kill());
    const pane = withoutSession();
    const listed = async () => parseProcesses((await pane.run(processesScript)).stdout.toString());
    await until(async () => (await listed()).includes(`sh -c read -r x ${mark}`));
    expect((await listed()).filter(line => line.includes('/cmdline'))).toEqual([]);
  });
});

describe('runsAny', () => {
  it('finds any of the names in a whole command line', async () => {
    const {place} = await terminal('exec sleep 98765');
    await until(() => runsAny(place, ['nothing-like-it', 'sleep 98765']));
    expect(await runsAny(place, ['nothing-like-it-either'])).toBe(false);
  });

  it('takes a name as pgrep does, as a pattern', async () => {
    const {place} = await terminal('exec sleep 98764');
    await until(() => runsAny(place, ['^sleep 9876[4]$']));
    expect(await runsAny(place, ['^8764$'])).toBe(false);
  });

  it('takes a name that is no pattern as it is', async () => {
    const {place} = await terminal('exec sh -c "read -r x" "c++(98763"');
    await until(() => runsAny(place, ['c++(98763']));
    expect(await runsAny(place, ['c++(98762'])).toBe(false);
  });
});

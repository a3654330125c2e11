import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {parseProcesses, runsAny} from '../../src/tmux/processes.ts';
import runsAnyScript from '../../src/pod/scripts/runs-any.sh';
import processesScript from '../../src/tmux/scripts/processes.sh';
import {write} from '../kit/temporary-directory.ts';
import {moved, terminal, until, withoutSession, type Terminal} from '../kit/terminal.ts';

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
      ['72', '/bin/bash\0/run/gc/command\0'],
      ['73', 'tee\0/proc/1/fd/1\0'],
      ['74', 'dd\0bs=4096\0count=256\0'],
      ['75', 'tmux\0wait-for\0gc-session-closed\0'],
    );
    expect(parseProcesses(text)).toEqual([
      'sh -c echo',
      'claude --model x y',
      'python -c import os\n\nprint(1)',
      'sleep 1',
      '/bin/bash',
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

/** What runs-any.sh says in the pod, while a session starts. */
async function seenInPod({directory, environment}: Terminal, names: readonly string[]) {
  write(directory, {'run/gc/process-names': names.map(name => `${name}\n`).join('')});
  const script = join(directory, 'run/gc/runs-any.sh');
  write(directory, {'run/gc/runs-any.sh': moved(runsAnyScript, directory)});
  const child = spawn('sh', [script], {env: environment});
  return (await new Promise(resolve => child.on('close', resolve))) === 0;
}

// Both go by one rule.
describe.each([
  ['process-alive', (pod: Terminal, names: string[]) => runsAny(pod.place, names)],
  ['process_names of a start', seenInPod],
] as const)('%s', (_, runsOneOf) => {
  it('finds any of the names in a whole command line', async () => {
    const pod = await terminal('exec sleep 98765');
    await until(() => runsOneOf(pod, ['nothing-like-it', 'sleep 98765']));
    expect(await runsOneOf(pod, ['nothing-like-it-either'])).toBe(false);
  });

  it('takes a name as pgrep does, as a pattern', async () => {
    const pod = await terminal('exec sleep 98764');
    await until(() => runsOneOf(pod, ['^sleep (9876[4])+$']));
    expect(await runsOneOf(pod, ['^8764$', '--x'])).toBe(false);
  });

  it('takes a name that is no pattern as it is', async () => {
    const pod = await terminal('exec sh -c "read -r x" "c++(98763"');
    await until(() => runsOneOf(pod, ['c++(98763']));
    expect(await runsOneOf(pod, ['c++(98762'])).toBe(false);
  });

  it('passes over our own scripts', async () => {
    const pod = await terminal('exec sleep 98762');
    await until(() => runsOneOf(pod, ['sleep 98762']));
    // Pods of a cluster on this machine have them too, under their own path.
    expect(await runsOneOf(pod, [`^sh ${pod.directory}/run/gc/`])).toBe(false);
  });

  it('passes over the tmux server that start has made, whose words name the agent', async () => {
    const argv0 = 'tmux -u start-server ; new-session agent-98761';
    const server = spawn('sleep', ['98761'], {argv0});
    onTestFinished(() => void server.kill());
    const pod = await terminal('exec sleep 98760');
    await until(() => runsOneOf(pod, ['^sleep 98760$']));
    expect(await runsOneOf(pod, ['agent-98761'])).toBe(false);
  });
});

import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {testOnProcesses} from '../dev-cluster/process/kit.ts';
import {
  beginDemo,
  expectStory,
  interruptedAt,
  stepsDone,
  withExports,
  type DemoRun,
} from '../kit/demo-run.ts';
import {ENDING, REVIEW, STORY} from '../../demo/story.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';
import {openScreen} from '../kit/tmux-screen.ts';

/** Whatever cluster the person at the desk uses, and whatever is set for it, is not touched. */
const ELSEWHERE = {
  KUBECONFIG: '/nowhere',
  GC_K8S_CONTEXT: 'nowhere',
  GC_K8S_IMAGE: '',
  GC_K8S_NODE_SELECTOR: '{"disk":"ssd"}',
};

const TITLES = [...STORY, ...ENDING, REVIEW].map(({title}) => title);

const begin = (args: readonly string[] = [], executables?: string) =>
  beginDemo(args, {env: ELSEWHERE, ...(executables === undefined ? {} : {executables})});

async function leftNothing(demo: DemoRun): Promise<void> {
  await demo.done;
  expect(demo.processes()).toEqual([]);
  expect(readdirSync(demo.temporary)).toEqual([]);
}

testOnProcesses(
  'shows the whole story on an embedded cluster and leaves nothing, nor what a killed one left',
  async () => {
    const killed = begin();
    await killed.says('… nudge them');
    process.kill(killed.pid, 'SIGKILL');
    await killed.done;
    const next = beginDemo([], {env: ELSEWHERE, temporary: killed.temporary});
    const ran = await next.done;
    expectStory(ran);
    expect(stepsDone(ran)).toHaveLength(9);
    expect(ran.stdout).toContain('embedded cluster at https://127.0.0.1:');
    await leftNothing(killed);
    await leftNothing(next);
  },
);

for (const moment of ['… bring the cluster up', '… start three agents', '… nudge them']) {
  testOnProcesses(`leaves nothing when it is interrupted at "${moment}"`, async () => {
    const demo = begin();
    const {code, stderr} = await interruptedAt(demo, moment);
    expect(stderr).toBe('demo: interrupted by SIGINT\n');
    expect(code).toBe(130);
    await leftNothing(demo);
  });
}

testOnProcesses('draws on a small terminal, and one Ctrl-C there cleans up', async () => {
  const temporary = temporaryDirectory();
  // The shell goes on after Ctrl-C, to tell the exit code.
  const command = 'trap : INT; seq 24; npm run demo; echo "exit code $?"; exec sleep 1000';
  const screen = openScreen({columns: 80, rows: 24}, command, {TMPDIR: temporary});
  const lines = (await screen.shows(/session\.crashed/)).split('\n');
  for (const title of TITLES) {
    expect(
      lines.filter(line => line.slice(2).startsWith(title)),
      title,
    ).toHaveLength(1);
  }
  screen.press('C-c');
  const end = await screen.shows(/exit code \d/);
  expect(end).toMatch(/^✔ clean up /m);
  expect(end).toContain('exit code 130');
  expect(readdirSync(temporary)).toEqual([]);
});

testOnProcesses('cleans up when nobody reads on', async () => {
  const demo = begin();
  await demo.says('… start three agents');
  demo.closeOutput();
  await demo.done;
  await leftNothing(demo);
});

testOnProcesses('fails and cleans up when an agent cannot start', async () => {
  const executables = join(temporaryDirectory(), 'dist');
  cpSync('dist', executables, {recursive: true});
  const session = join(executables, 'gc-session-k8s');
  writeFileSync(session, '#!/bin/sh\necho "$1 $2: no agent today" >&2\nexit 1\n');
  chmodSync(session, 0o755);
  const demo = begin([], executables);
  const ran = await demo.done;
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^demo: gc-session-k8s start [^ ]+: no agent today\n$/);
  expect(ran.stdout).toContain('FAILED start three agents');
  await leftNothing(demo);
});

testOnProcesses('leaves a city to go on with, and says how to end it', async () => {
  const demo = begin(['--keep']);
  const {code, stdout} = await demo.done;
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  const [end = ''] = lines.filter(line => line.includes(' down --directory '));
  const shell = (script: string) =>
    execFileSync('sh', ['-ec', script], {
      encoding: 'utf8',
      env: {PATH: process.env.PATH ?? '', TMPDIR: demo.temporary},
    });
  try {
    const list = withExports(stdout, `"\${GC_SESSION#exec:}" list-running ''`);
    expect(shell(list).trim().split('\n').toSorted()).toEqual([
      'mayor',
      'rig/polecat-1',
      'rig/polecat-2',
    ]);
    expect(shell(withExports(stdout, '"${GC_EVENTS#exec:}" latest-seq'))).toBe('6\n');
  } finally {
    shell(end);
  }
  expect(demo.processes()).toEqual([]);
  expect(readdirSync(demo.temporary)).toEqual([]);
});

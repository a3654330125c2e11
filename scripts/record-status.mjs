// Runs `gc-k8s status --watch` in a terminal (tmux) of fixed size on an embedded cluster while agents
// start, end and are stopped, and writes the recording to docs/status.svg; `gc-k8s doctor` to
// docs/doctor.svg. Run `npm run build && node scripts/record-status.mjs` when they look different.
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {animatedSvg} from './recording/animated-svg.mjs';
import {styledScreen} from './recording/styled-runs.mjs';

const COLUMNS = 104;
const EVERY_MS = 250;
const PATIENCE_MS = 120_000;
const END_MS = 4_000;

const directory = mkdtempSync(join(tmpdir(), 'gc-record-'));
const bin = join(directory, 'bin');
mkdirSync(bin);
for (const name of ['gc-k8s', 'gc-session-k8s', 'gc-dev-cluster']) {
  symlinkSync(resolve('dist', name), join(bin, name));
}
const state = join(directory, 'cluster');
const environment = {
  PATH: `${bin}:${process.env.PATH}`,
  HOME: directory,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  GC_K8S_NAMESPACE: 'gc',
  GC_K8S_IMAGE: 'local',
  PS1: '$ ',
};
const run = (program, args, input = '') =>
  execFileSync(program, args, {env: environment, input, encoding: 'utf8'});
const tmux = (...words) =>
  run('tmux', ['-u', '-S', join(directory, 'tmux'), '-f', '/dev/null', ...words]);
const start = (session, request) =>
  run('gc-session-k8s', ['start', session], JSON.stringify(request));

try {
  run('gc-dev-cluster', ['up', '--detach', '--directory', state, '--namespace', 'gc']);
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(kubeconfig, run('gc-dev-cluster', ['kubeconfig', '--directory', state]), {
    mode: 0o600,
  });
  environment.KUBECONFIG = kubeconfig;
  start('mayor', {command: 'cat'});
  start('rig/polecat-1', {command: 'cat'});
  start('review', {command: 'read line; exit 3'});
  await recordStatus();
  await recordDoctor();
} finally {
  run('gc-dev-cluster', ['down', '--directory', state]);
  rmSync(directory, {recursive: true, force: true});
}

async function recordStatus() {
  const rows = 9;
  open(rows, 'gc-k8s status --watch');
  const screens = [];
  const sees = words => take(screens, rows, lines => plain(lines).includes(words));
  await sees('3 running');
  start('rig/polecat-2', {command: 'cat'});
  await sees('4 running');
  run('gc-session-k8s', ['nudge', 'review'], 'go');
  await sees('exit code 3');
  const still = screens.at(-1).atMs;
  run('gc-session-k8s', ['stop', 'rig/polecat-1']);
  await sees('2 running, 1 failed');
  write('docs/status.svg', screens, {
    title: 'gc-k8s status --watch: agents start, fail and are stopped',
    stillMs: still,
    rows,
  });
  tmux('kill-server');
}

async function recordDoctor() {
  const rows = 22;
  open(rows, 'gc-k8s doctor --no-dolt');
  const screens = [];
  await take(screens, rows, lines => plain(lines).trimEnd().endsWith('\n$'));
  write('docs/doctor.svg', screens, {title: 'gc-k8s doctor', stillMs: screens.at(-1).atMs, rows});
  tmux('kill-server');
}

/** Opens a terminal with a shell, and types this line. */
function open(rows, line) {
  tmux('new-session', '-d', '-s', 'at', '-x', `${COLUMNS}`, '-y', `${rows}`, "PS1='$ ' exec sh");
  tmux('send-keys', '-t', 'at', "PS1='$ '; clear", 'Enter');
  tmux('send-keys', '-t', 'at', line, 'Enter');
}

/** Captures the screen, changes only, until it is the wanted one. */
async function take(screens, rows, isWanted) {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const lines = tmux('capture-pane', '-p', '-e', '-t', 'at').split('\n').slice(0, rows);
    screens.beganMs ??= performance.now();
    const atMs = Math.round(performance.now() - screens.beganMs);
    if (lines.join('\n') !== screens.at(-1)?.lines.join('\n')) screens.push({atMs, lines});
    if (isWanted(lines)) return;
    if (performance.now() > endMs) throw new Error(`not seen in time:\n${plain(lines)}`);
    await sleep(EVERY_MS);
  }
}

function write(file, screens, {title, stillMs, rows}) {
  const endMs = screens.at(-1).atMs + END_MS;
  const styled = screens.map(({atMs, lines}) => ({atMs, lines: styledScreen(lines)}));
  writeFileSync(
    file,
    animatedSvg({screens: styled, stillMs, endMs, columns: COLUMNS, rows, title}),
  );
  console.log(
    `${file}: ${screens.length} screens\n${plain(screens.find(({atMs}) => atMs === stillMs).lines)}`,
  );
}

/** Without colours. */
function plain(lines) {
  return lines.join('\n').replaceAll(/\u001b\[[0-9;]*m/g, '');
}

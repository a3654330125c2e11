// Runs `npm run demo` in a terminal (tmux) of fixed size, captures it several times a second, and writes
// the recording to docs/demo.svg. Run `npm run record-demo` when the demo looks different.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {animatedSvg} from './recording/animated-svg.mjs';
import {styledScreen} from './recording/styled-runs.mjs';

const COLUMNS = 104;
const ROWS = 35;
const EVERY_MS = 300;
/** The demo promises to be done within a minute; a busy machine may take longer. */
const PATIENCE_MS = 180_000;
/** How long the end is shown before the animation repeats. */
const END_MS = 4_000;

/** For the still picture: the moment when the killed pod was noticed. */
const TELLING = ['rig/polecat-1 gone', 'session.crashed'];

const directory = mkdtempSync(join(tmpdir(), 'gc-record-demo-'));
const environment = {
  PATH: process.env.PATH,
  HOME: directory,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  npm_config_update_notifier: 'false',
};
const tmux = (...words) =>
  execFileSync('tmux', ['-u', '-S', join(directory, 'tmux'), '-f', '/dev/null', ...words], {
    env: environment,
    encoding: 'utf8',
  });

try {
  tmux('new-session', '-d', '-s', 'demo', '-x', `${COLUMNS}`, '-y', `${ROWS}`, 'exec sh');
  const screens = await record();
  const endMs = screens.at(-1).atMs + END_MS;
  const still = screens.find(({lines}) => TELLING.every(words => plain(lines).includes(words)));
  const title = 'npm run demo: three agents are started, nudged, one is killed and started again';
  const svg = animatedSvg({
    screens: screens.map(({atMs, lines}) => ({atMs, lines: styledScreen(lines)})),
    stillMs: still.atMs,
    endMs,
    columns: COLUMNS,
    rows: ROWS,
    title,
  });
  writeFileSync('docs/demo.svg', svg);
  console.log(`docs/demo.svg: ${screens.length} screens, ${Math.round(endMs / 1000)} s`);
} finally {
  tmux('kill-server');
  rmSync(directory, {recursive: true, force: true});
}

/** The screens from the typed command to the next prompt: `{atMs, lines}`, changes only. */
async function record() {
  const screens = [];
  // Set by typing: a root shell ignores PS1 from the environment.
  tmux('send-keys', '-t', 'demo', "PS1='$ '; clear", 'Enter');
  await screenWith(lines => plain(lines).trim() === '$');
  tmux('send-keys', '-t', 'demo', 'npm run demo', 'Enter');
  const sinceMs = performance.now();
  for (let isOver = false; !isOver;) {
    const lines = screen();
    const atMs = screens.length === 0 ? 0 : Math.round(performance.now() - sinceMs);
    if (lines.join('\n') !== screens.at(-1)?.lines.join('\n')) screens.push({atMs, lines});
    isOver = plain(lines).trimEnd().endsWith('\n$');
    if (atMs > PATIENCE_MS) throw new Error(`the demo did not end:\n${plain(lines)}`);
    await sleep(EVERY_MS);
  }
  const last = plain(screens.at(-1).lines);
  if (!last.includes('✔ clean up') || last.includes('✖')) {
    throw new Error(`the demo failed, there is nothing to show:\n${last}`);
  }
  return screens;
}

async function screenWith(isWanted) {
  for (const endMs = performance.now() + 10_000; !isWanted(screen()); await sleep(50)) {
    if (performance.now() > endMs) throw new Error('the terminal shows no prompt');
  }
}

function screen() {
  return tmux('capture-pane', '-p', '-e', '-t', 'demo').split('\n').slice(0, ROWS);
}

/** Without colours. */
function plain(lines) {
  return lines.join('\n').replaceAll(/\u001b\[[0-9;]*m/g, '');
}

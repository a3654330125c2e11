import {execFile, execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {expect, it} from 'vitest';
import {openScreen} from '../../kit/tmux-screen.ts';
import {skipped} from '../../kit/unless.ts';
import {temporaryDirectory} from '../city.ts';
import {GC_K8S, peopleCity} from './gc-k8s.ts';

/** A directory on PATH in which the executable has its name, and an environment with a city. */
async function shellEnvironment() {
  const city = await peopleCity();
  for (const name of ['mayor', 'deacon']) await city.session(name);
  const home = temporaryDirectory();
  const bin = join(home, 'bin');
  mkdirSync(bin);
  symlinkSync(GC_K8S, join(bin, 'gc-k8s'));
  const path = [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return {...city.env, HOME: home, PATH: path, LANG: 'C.UTF-8'};
}

const script = (shell: string) => execFileSync(GC_K8S, ['completion', shell], {encoding: 'utf8'});

const isMissing = (shell: string) => spawnSync(shell, ['-c', 'true']).error !== undefined;

it('completes in fish', async context => {
  if (isMissing('fish')) skipped(context, 'there is no fish here');
  const env = await shellEnvironment();
  const offers = async (line: string) => {
    const words = `gc-k8s completion fish | source; complete -C '${line}'`;
    const {stdout} = await promisify(execFile)('fish', ['-c', words], {env});
    const lines = stdout.trim().split('\n');
    return lines.map(offer => offer.split('\t')[0]);
  };
  expect(await offers('gc-k8s st')).toEqual(['status', 'stop']);
  expect(await offers('gc-k8s status --not')).toEqual(['--not-running']);
  expect(await offers('gc-k8s events s')).toEqual(['stats']);
  expect(await offers('gc-k8s logs m')).toEqual(['mayor']);
});

it('completes in zsh, installed as the page says', async context => {
  if (isMissing('zsh')) skipped(context, 'there is no zsh here');
  const env = await shellEnvironment();
  const functions = join(env.HOME, 'functions');
  mkdirSync(functions);
  writeFileSync(join(functions, '_gc-k8s'), script('zsh'));
  const rc = `fpath=('${functions}' $fpath); autoload -Uz compinit; compinit -u; PS1='ready> '`;
  writeFileSync(join(env.HOME, '.zshrc'), rc);
  const screen = openScreen({columns: 100, rows: 30}, 'exec zsh -d -i', {
    ...env,
    ZDOTDIR: env.HOME,
  });
  await screen.shows(/^ready>/m);
  const completes = async (begun: string, whole: RegExp) => {
    screen.press(begun);
    screen.press('Tab');
    await screen.shows(whole);
    screen.press('C-u');
  };
  await completes('gc-k8s statu', /^ready> gc-k8s status$/m);
  await completes('gc-k8s status --not', /^ready> gc-k8s status --not-running/m);
  await completes('gc-k8s logs m', /^ready> gc-k8s logs mayor/m);
});

it('completes in bash', async context => {
  const framework = '/usr/share/bash-completion/bash_completion';
  if (spawnSync('bash', ['-c', `. ${framework}`]).status !== 0)
    skipped(context, 'there is no bash-completion');
  const env = await shellEnvironment();
  const rc = join(env.HOME, 'rc');
  writeFileSync(rc, `. ${framework}\n${script('bash')}\nPS1='ready> '\n`);
  const screen = openScreen({columns: 100, rows: 30}, `exec bash --rcfile ${rc} -i`, env);
  await screen.shows(/^ready>/m);
  screen.press('gc-k8s logs m');
  screen.press('Tab');
  await screen.shows(/^ready> gc-k8s logs mayor/m);
});

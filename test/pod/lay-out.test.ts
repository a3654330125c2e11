import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, existsSync, lstatSync, readFileSync, readdirSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import layOutScript from '../../src/pod/scripts/lay-out.sh';
import {temporaryDirectory, write} from '../kit/temporary-directory.ts';
import {moved} from '../kit/terminal.ts';

const ASIDE = 'workspace/.gc-k8s.mayor';

/** The launcher's functions that lay-out.sh uses. */
const BEFORE = `
gc=/run/gc
say() { echo "$1" >&2; }
fail() { say "$1"; exit 91; }
last_words() { tail -n 1 "$gc/said"; }
`;

interface Layers {
  readonly claim?: Record<string, string>;
  readonly own?: Record<string, string>;
  readonly city?: Record<string, string>;
  /** A gc in the image: what it does with `$3`, the city, and `$4`, the workspace. */
  readonly gc?: string;
}

/** A pod's file system whose files were unpacked. */
function pod({claim, own = {}, city, gc}: Layers) {
  const root = temporaryDirectory();
  const below = (place: string, files: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${place}/${path}`, text]));
  write(root, {
    ...below('workspace', claim),
    ...below(`${ASIDE}/files`, own),
    ...below('run/gc/city', city),
    [`${ASIDE}/.gitignore`]: '*\n',
    'run/gc/aside': moved(`aside='/${ASIDE}' claim=${claim ? 'keep' : ''}\n`, root),
    'lay-out': moved(BEFORE + layOutScript, root),
    ...(gc === undefined ? {} : {'bin/gc': `#!/bin/sh\n${gc}\n`}),
  });
  if (gc !== undefined) chmodSync(join(root, 'bin/gc'), 0o755);
  const at = (path: string) => join(root, 'workspace', path);
  return {
    root,
    at,
    text: (path: string) => readFileSync(at(path), 'utf8'),
    names: (path = '') => readdirSync(at(path)).toSorted(),
    layOut: (shell: string) => {
      const env = {PATH: `${join(root, 'bin')}:${process.env.PATH ?? ''}`};
      const {status, stderr} = spawnSync(shell, [join(root, 'lay-out')], {env, encoding: 'utf8'});
      return {status, stderr};
    },
  };
}

const DONE = {status: 0, stderr: ''};
const COPY = 'cp -R "$3/." "$4/"';

describe.each(['sh', 'bash'])('the layers of a workspace, laid by %s', shell => {
  it.each([undefined, COPY])('have the session’s files over the city’s; gc init: %s', gc => {
    const {layOut, text, names, root} = pod({
      own: {both: 'own', 'dir/own': 'own', 'file-there': 'own', 'dir-there/x': 'own', '.dot': ''},
      city: {both: 'city', 'dir/city': 'city', 'file-there/x': 'city', 'dir-there': 'city'},
      ...(gc === undefined ? {} : {gc}),
    });
    expect(layOut(shell)).toEqual(DONE);
    expect(['both', 'dir/own', 'dir/city', 'file-there', 'dir-there/x'].map(text)).toEqual([
      ...['own', 'own', 'city', 'own', 'own'],
    ]);
    expect(names()).toEqual(['.dot', 'both', 'dir', 'dir-there', 'file-there']);
    expect(existsSync(join(root, 'run/gc/city'))).toBe(false);
  });

  it('have one repository, not two in one', () => {
    const own = pod({
      own: {'.git/HEAD': 'own', 'sub/.git': 'gitdir: elsewhere'},
      city: {'.git/HEAD': 'city', '.git/MERGE_HEAD': 'city', 'sub/.git/HEAD': 'city'},
    });
    expect(own.layOut(shell)).toEqual(DONE);
    expect([own.text('.git/HEAD'), own.names('.git')]).toEqual(['own', ['HEAD']]);
    expect(own.text('sub/.git')).toBe('gitdir: elsewhere');
    const city = pod({own: {a: ''}, city: {'.git/HEAD': 'city'}});
    expect(city.layOut(shell)).toEqual(DONE);
    expect(city.text('.git/HEAD')).toBe('city');
  });

  it.each([undefined, COPY])('have under a claim’s files what it lacks; gc init: %s', gc => {
    const claim = {changed: 'claim', 'dir/changed': 'claim', 'dir/more': 'claim'};
    const {layOut, text, names} = pod({
      claim: {...claim, '.git/HEAD': 'claim', 'city-file': 'claim', 'city/.git/HEAD': 'claim'},
      own: {
        changed: 'own',
        new: 'own',
        'dir/changed': 'own',
        'dir/new': 'own',
        '.git/MERGE_HEAD': '',
      },
      city: {
        ...{changed: 'city', new: 'city', 'dir/new': 'city', 'city-file': 'city'},
        ...{'city-new': 'city', '.git/refs': '', 'city/.git/refs': '', more: 'city'},
      },
      ...(gc === undefined ? {} : {gc}),
    });
    expect(layOut(shell)).toEqual(DONE);
    for (const path of ['changed', 'dir/changed', 'dir/more', 'city-file', '.git/HEAD']) {
      expect([path, text(path)]).toEqual([path, 'claim']);
    }
    expect([text('new'), text('dir/new'), text('city-new')]).toEqual(['own', 'own', 'city']);
    expect([names('.git'), names('city/.git')]).toEqual([['HEAD'], ['HEAD']]);
  });

  it('leave a link of a claim in its place, and write nothing through it', () => {
    const {root, at, layOut, names} = pod({
      claim: {a: ''},
      own: {'link/new': 'own', gone: 'own'},
      city: {'link/city': 'city'},
    });
    write(root, {'elsewhere/x': ''});
    symlinkSync('../elsewhere', at('link'));
    symlinkSync('nowhere', at('gone'));
    expect(layOut(shell)).toEqual(DONE);
    expect(readdirSync(join(root, 'elsewhere'))).toEqual(['x']);
    expect(
      [lstatSync(at('link')), lstatSync(at('gone'))].map(each => each.isSymbolicLink()),
    ).toEqual([true, true]);
    expect(names()).toEqual(['a', 'gone', 'link']);
  });

  it('take odd names, modes, times and links as they are', () => {
    const {root, at, layOut, text} = pod({
      own: {'a b\n*c': 'odd', '-rf': 'dash', '..more': 'dots'},
    });
    const files = join(root, ASIDE, 'files');
    execFileSync('touch', ['-d', '2001-02-03T04:05:06Z', join(files, '..more')]);
    chmodSync(join(files, '..more'), 0o751);
    symlinkSync('nowhere', join(files, '.link'));
    expect(layOut(shell)).toEqual(DONE);
    expect([text('a b\n*c'), text('-rf'), text('..more')]).toEqual(['odd', 'dash', 'dots']);
    const {mode, mtime} = lstatSync(at('..more'));
    expect([mode & 0o777, mtime.getUTCFullYear()]).toEqual([0o751, 2001]);
    expect(lstatSync(at('.link')).isSymbolicLink()).toBe(true);
  });

  it('are left as they are, with the reason, when a file cannot be put there', () => {
    const {root, layOut, text} = pod({claim: {a: 'claim'}, own: {a: 'own', b: 'own'}});
    for (const name of ['mv', 'cp']) {
      write(root, {[`bin/${name}`]: '#!/bin/sh\necho "no room" >&2\nexit 1\n'});
      chmodSync(join(root, 'bin', name), 0o755);
    }
    const {status, stderr} = layOut(shell);
    expect([status, stderr]).toEqual([91, 'cannot put b into the workspace: no room\n']);
    expect(text('a')).toBe('claim');
  });

  it('tell why gc init failed, and go on', () => {
    const {layOut, text} = pod({own: {a: 'own'}, city: {b: ''}, gc: 'echo no >&2; exit 3'});
    expect(layOut(shell)).toEqual({status: 0, stderr: 'warning: gc init exited 3: no\n'});
    expect(text('a')).toBe('own');
  });
});

import {chmodSync, readFileSync, renameSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {UsageError} from '../../../src/errors.ts';
import {rejectionOf} from '../../kit/failing.ts';
import {unpacked} from '../../kit/unpacked.ts';
import {filesOf, machine} from './machine.ts';

describe('the city', () => {
  const CITY = {
    'city/city.toml': '',
    'city/.gc/state': '',
    'city/.beads/dolt/db': '',
    'city/.beads/config': '',
    'city/rigs/a/.dolt/x': '',
    'city/rigs/a/code': '',
    'city/rigs/b/code': '',
  };

  it('goes along without gc’s state, Dolt’s data and the work directory, which has its own place', async () => {
    const {home, plan} = machine(CITY);
    const request = {workDirectory: join(home, 'city/rigs/a')};
    expect(filesOf(await plan(request, join(home, 'city')))).toEqual([
      '/run/gc/city/.beads/config',
      '/run/gc/city/city.toml',
      '/run/gc/city/rigs/b/code',
      '/workspace/rigs/a/.dolt/x',
      '/workspace/rigs/a/code',
    ]);
  });

  it('that is the work directory itself goes to the workspace, once', async () => {
    const {home, plan} = machine(CITY);
    const request = {workDirectory: `${home}/city/`};
    expect(filesOf(await plan(request, join(home, 'city')))).toEqual([
      '/workspace/.beads/config',
      '/workspace/city.toml',
      '/workspace/rigs/a/code',
      '/workspace/rigs/b/code',
    ]);
  });

  it('has its links to gc’s state resolved, and those to the work directory kept', async () => {
    const {home, plan} = machine({...CITY, 'city/.gc/packs/formula': 'four'});
    symlinkSync('.gc/packs/formula', join(home, 'city/formula'));
    symlinkSync('rigs/a', join(home, 'city/current'));
    const {entries} = await plan({workDirectory: join(home, 'city/rigs/a')}, join(home, 'city'));
    expect(entries.get('/run/gc/city/formula')).toMatchObject({kind: 'file', size: 4});
    expect(entries.get('/run/gc/city/current')).toEqual({kind: 'link', target: 'rigs/a'});
  });

  it.each([undefined, '/nowhere/city'])('may be absent: %s', async city => {
    expect(filesOf(await machine({}).plan({}, city))).toEqual([]);
  });
});

describe('the work directory', () => {
  it('outside the city is the workspace', async () => {
    const {home, plan} = machine({'city/city.toml': '', 'work/a': ''});
    const files = filesOf(await plan({workDirectory: join(home, 'work')}, join(home, 'city')));
    expect(files).toEqual(['/run/gc/city/city.toml', '/workspace/a']);
  });

  it.each(['city/rigs/a', 'city'])('below a city that is named by a link: %s', async work => {
    const {home, plan} = machine({'city/city.toml': '', 'city/rigs/a/x': '', 'city/.gc/y': ''});
    symlinkSync('city', join(home, 'link'));
    const copyFiles = [{src: join(home, 'city/city.toml'), rel_dst: `../${work}/copied`}];
    const files = filesOf(
      await plan({workDirectory: join(home, work), copyFiles}, join(home, 'link')),
    );
    expect(files).toEqual(
      work === 'city'
        ? ['/workspace/city.toml', '/workspace/copied', '/workspace/rigs/a/x']
        : ['/run/gc/city/city.toml', '/workspace/rigs/a/copied', '/workspace/rigs/a/x'],
    );
  });

  it('may not exist yet', async () => {
    const {home, plan} = machine({});
    expect(filesOf(await plan({workDirectory: join(home, 'later')}))).toEqual([]);
  });

  it('must be an absolute path, and no file', async () => {
    const {home, plan} = machine({file: ''});
    expect(await rejectionOf(UsageError, () => plan({workDirectory: 'here'}))).toContain(
      'absolute',
    );
    expect(
      await rejectionOf(UsageError, () => plan({workDirectory: join(home, 'file')})),
    ).toContain('is not a directory');
  });

  it('that is a link is what it points to', async () => {
    const {home, plan} = machine({'real/a': ''});
    symlinkSync('real', join(home, 'link'));
    expect(filesOf(await plan({workDirectory: join(home, 'link')}))).toEqual(['/workspace/a']);
  });
});

describe('the version of what is copied', () => {
  it('is another one when a name, a mode or a content is', async () => {
    const {home, plan} = machine({'one/skill.md': 'first', 'one/run.sh': 'x', file: 'y'});
    const [overlay, file] = [join(home, 'one'), join(home, 'file')];
    const versions = async () =>
      (await plan({workDirectory: home, overlays: [overlay], copyFiles: [{src: file}]})).sources;
    const before = await versions();
    expect(before).toEqual([
      {source: overlay, target: '/workspace', sha256: before[0]?.sha256},
      {source: file, target: '/workspace/file', sha256: before[1]?.sha256},
    ]);
    for (const {sha256} of before) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await versions()).toEqual(before);
    const seen = new Set([before[0]?.sha256]);
    for (const change of [
      () => writeFileSync(join(overlay, 'skill.md'), 'other'),
      () => chmodSync(join(overlay, 'run.sh'), 0o755),
      () => renameSync(join(overlay, 'run.sh'), join(overlay, 'ran.sh')),
    ]) {
      change();
      const [first, second] = await versions();
      expect(seen).not.toContain(first?.sha256);
      seen.add(first?.sha256);
      expect(second).toEqual(before[1]);
    }
  });
});

describe('overlays', () => {
  it('lie over the work directory, in order, without a .gc at their top', async () => {
    const {home, plan} = machine({
      'work/a': 'work',
      'work/b': 'work',
      'work/dir/x': 'work',
      'work/file': 'work',
      'one/a': 'one',
      'one/dir': 'one is a file',
      'one/.gc/state': '',
      'one/sub/.gc/kept': '',
      'two/a': 'two',
      'two/file/x': 'two is a directory',
    });
    const overlays = [join(home, 'one'), join(home, 'two')];
    const made = await plan({workDirectory: join(home, 'work'), overlays});
    const root = join(await unpacked(made), 'workspace');
    const read = (path: string) => readFileSync(join(root, path), 'utf8');
    expect(['a', 'b', 'dir', 'file/x'].map(read)).toEqual([
      'two',
      'work',
      'one is a file',
      'two is a directory',
    ]);
    expect(filesOf(made)).not.toContain('/workspace/.gc/state');
    expect(filesOf(made)).toContain('/workspace/sub/.gc/kept');
  });

  it('go to the work directory also inside the city', async () => {
    const {home, plan} = machine({'city/rigs/a/x': '', 'over/y': ''});
    const request = {workDirectory: join(home, 'city/rigs/a'), overlays: [join(home, 'over')]};
    expect(filesOf(await plan(request, join(home, 'city')))).toEqual([
      '/workspace/rigs/a/x',
      '/workspace/rigs/a/y',
    ]);
  });

  it('that are missing, or no directory, are a warning', async () => {
    const {home, plan} = machine({file: ''});
    const {warnings} = await plan({overlays: [join(home, 'none'), join(home, 'file')]});
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(join(home, 'none'));
  });
});

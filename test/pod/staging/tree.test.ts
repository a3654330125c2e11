import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {StagingPlan} from '../../../src/pod/staging/plan.ts';
import {planPath, planTree, type TreeRequest} from '../../../src/pod/staging/tree.ts';
import {temporaryDirectory, write} from '../../kit/temporary-directory.ts';
import {unpacked} from '../../kit/unpacked.ts';

const TARGET = '/workspace';

/** Plans the tree `tree` of a fresh directory that `make` fills. */
async function planned(
  make: (tree: string, beside: string) => void,
  more: (beside: string) => Partial<TreeRequest> = () => ({}),
): Promise<StagingPlan> {
  const beside = temporaryDirectory();
  const tree = join(beside, 'tree');
  mkdirSync(tree);
  make(tree, beside);
  const plan = new StagingPlan();
  await planTree(plan, {source: tree, target: TARGET, ...more(beside)});
  return plan;
}

/** Root may read everything. */
async function asNobody(run: () => Promise<void>): Promise<void> {
  const user = process.geteuid?.() ?? 0;
  if (user !== 0) return run();
  process.seteuid?.(65_534);
  try {
    await run();
  } finally {
    process.seteuid?.(user);
  }
}

const paths = (plan: StagingPlan) => [...plan.entries.keys()].toSorted();
const kindAt = (plan: StagingPlan, path: string) => plan.entries.get(`${TARGET}/${path}`);

describe('planTree', () => {
  it('copies files, empty directories, dotfiles and modes', async () => {
    const plan = await planned(tree => {
      write(tree, {'a b': 'one', '.hidden/x': 'two', 'run.sh': '#!/bin/sh', 'd/e/f': ''});
      mkdirSync(join(tree, 'empty'));
      chmodSync(join(tree, 'run.sh'), 0o750);
      chmodSync(join(tree, 'd/e/f'), 0o400);
      chmodSync(join(tree, 'd'), 0o700);
    });
    const root = join(await unpacked(plan), TARGET);
    expect(readFileSync(join(root, 'a b'), 'utf8')).toBe('one');
    expect(readFileSync(join(root, '.hidden/x'), 'utf8')).toBe('two');
    expect(lstatSync(join(root, 'empty')).isDirectory()).toBe(true);
    const modeOf = (path: string) => (lstatSync(join(root, path)).mode & 0o7777).toString(8);
    expect(['run.sh', 'd/e/f', 'd'].map(modeOf)).toEqual(['750', '400', '700']);
    expect(plan.warnings).toEqual([]);
    expect(plan.bytes).toBe(15);
  });

  it('keeps links inside the tree, absolute ones as relative', async () => {
    const plan = await planned(tree => {
      write(tree, {'real/a': 'content'});
      symlinkSync('real/a', join(tree, 'near'));
      mkdirSync(join(tree, 'deep'));
      symlinkSync(join(tree, 'real'), join(tree, 'deep/absolute'));
      symlinkSync('.', join(tree, 'self'));
      symlinkSync('later', join(tree, 'dangling'));
    });
    const root = join(await unpacked(plan), TARGET);
    expect(readlinkSync(join(root, 'near'))).toBe('real/a');
    expect(readlinkSync(join(root, 'deep/absolute'))).toBe('../real');
    expect(readFileSync(join(root, 'deep/absolute/a'), 'utf8')).toBe('content');
    expect(readlinkSync(join(root, 'self'))).toBe('.');
    expect(readlinkSync(join(root, 'dangling'))).toBe('later');
  });

  it('replaces links that leave the tree by what they point to', async () => {
    const plan = await planned((tree, beside) => {
      write(beside, {'pack/formula': 'text', 'pack/sub/deep': 'deep', 'tree-2/x': 'x'});
      symlinkSync('../pack/formula', join(tree, 'formula'));
      symlinkSync(join(beside, 'pack'), join(tree, 'pack'));
      symlinkSync('formula', join(beside, 'pack/again'));
      symlinkSync(join(beside, 'tree-2/x'), join(tree, 'alike'));
    });
    const root = join(await unpacked(plan), TARGET);
    for (const path of ['formula', 'pack/formula', 'pack/again']) {
      expect(lstatSync(join(root, path)).isFile(), path).toBe(true);
      expect(readFileSync(join(root, path), 'utf8')).toBe('text');
    }
    expect(readFileSync(join(root, 'pack/sub/deep'), 'utf8')).toBe('deep');
    expect(readFileSync(join(root, 'alike'), 'utf8')).toBe('x');
  });

  it('leads a link of a directory outside back into the tree to the right place', async () => {
    const plan = await planned((tree, beside) => {
      write(tree, {a: 'in the tree'});
      write(beside, {'pack/sub/x': ''});
      symlinkSync(join(beside, 'pack'), join(tree, 'pack'));
      symlinkSync('../../tree/a', join(beside, 'pack/sub/back'));
    });
    const root = join(await unpacked(plan), TARGET);
    expect(readFileSync(join(root, 'pack/sub/back'), 'utf8')).toBe('in the tree');
  });

  it('keeps a link into another root that goes along', async () => {
    const plan = await planned(
      (tree, beside) => {
        write(beside, {'city/formula': 'text'});
        symlinkSync('../city/formula', join(tree, 'formula'));
        write(beside, {'city/.gc/pack/x': 'four'});
        symlinkSync('../city/.gc/pack/x', join(tree, 'packed'));
      },
      beside => ({roots: [{path: join(beside, 'city'), skip: path => path === '.gc'}]}),
    );
    expect(kindAt(plan, 'formula')).toEqual({kind: 'link', target: '../city/formula'});
    expect(kindAt(plan, 'packed')).toMatchObject({kind: 'file', size: 4});
  });

  it('keeps links that lead nowhere, in a circle or into the kernel as they are', async () => {
    const plan = await planned((tree, beside) => {
      symlinkSync('/nowhere/x', join(tree, 'gone'));
      symlinkSync('/proc/self/environ', join(tree, 'kernel'));
      symlinkSync('/', join(tree, 'root'));
      symlinkSync('circle', join(beside, 'circle'));
      symlinkSync('../circle', join(tree, 'circle'));
      symlinkSync('own', join(tree, 'own'));
      write(beside, {file: ''});
      symlinkSync('../file/x', join(tree, 'through'));
    });
    for (const [path, target] of [
      ['gone', '/nowhere/x'],
      ['kernel', '/proc/self/environ'],
      ['root', '/'],
      ['circle', '../circle'],
      ['own', 'own'],
      ['through', '../file/x'],
    ] as const) {
      expect(kindAt(plan, path), path).toEqual({kind: 'link', target});
    }
  });

  it('ends a circle of directories', async () => {
    const plan = await planned((tree, beside) => {
      write(beside, {'other/x': ''});
      symlinkSync(join(beside, 'other'), join(tree, 'other'));
      symlinkSync(beside, join(beside, 'other/up'));
    });
    expect(paths(plan)).toContain('/workspace/other/x');
    expect(plan.warnings.join()).toMatch(/leads back to .*: left out/);
  });

  it('leaves out sockets and fifos', async () => {
    const beside = temporaryDirectory();
    spawnSync('mkfifo', [join(beside, 'fifo')]);
    const server = createServer().listen(join(beside, 'socket'));
    onTestFinished(() => void server.close());
    await new Promise(resolve => server.once('listening', resolve));
    write(beside, {file: ''});
    const plan = new StagingPlan();
    await planTree(plan, {source: beside, target: TARGET});
    expect(paths(plan)).toEqual(['/workspace/file']);
    expect(plan.warnings).toEqual([]);
  });

  it('warns of what vanishes while it looks', async () => {
    const plan = await planned(
      tree => write(tree, {a: '', b: '', 'c/d': '', 'e/f': ''}),
      beside => ({
        skip: path => {
          if (path === 'b') rmSync(join(beside, 'tree/b'));
          if (path === 'c') rmSync(join(beside, 'tree/c'), {recursive: true});
          return false;
        },
      }),
    );
    expect(paths(plan)).toEqual(['/workspace/a', '/workspace/e', '/workspace/e/f']);
    expect(plan.warnings).toHaveLength(2);
    for (const warning of plan.warnings) expect(warning).toMatch(/^not copied: ENOENT/);
  });

  it('leaves out files that may not be read, and says so', async () => {
    const beside = temporaryDirectory();
    write(beside, {'.env': 'secret', open: ''});
    chmodSync(beside, 0o755);
    chmodSync(join(beside, '.env'), 0o200);
    const plan = new StagingPlan();
    await asNobody(async () => {
      await planTree(plan, {source: beside, target: TARGET});
      await expect(planPath(plan, join(beside, '.env'), '/workspace/.env')).rejects.toThrow(
        'EACCES',
      );
    });
    expect(paths(plan)).toEqual(['/workspace/open']);
    expect(plan.warnings).toEqual([expect.stringMatching(/^not copied: EACCES: .*\.env/)]);
  });

  it('leaves out what is skipped, with all that is in it', async () => {
    const plan = await planned(
      tree => write(tree, {'.gc/x': '', 'a/.gc/y': ''}),
      () => ({skip: path => path === '.gc'}),
    );
    expect(paths(plan)).toEqual(['/workspace/a', '/workspace/a/.gc', '/workspace/a/.gc/y']);
  });
});

describe('planTree with things left out', () => {
  it('replaces links to them by what they point to', async () => {
    const plan = await planned(
      tree => {
        write(tree, {'.gc/pack/formula': 'four', 'formulas/own': ''});
        symlinkSync('../.gc/pack/formula', join(tree, 'formulas/one'));
        symlinkSync('.gc/pack', join(tree, 'pack'));
      },
      () => ({skip: path => path === '.gc'}),
    );
    expect(kindAt(plan, 'formulas/one')).toMatchObject({kind: 'file', size: 4});
    expect(kindAt(plan, 'pack/formula')).toMatchObject({kind: 'file', size: 4});
  });
});

describe('planPath', () => {
  it('plans a file under another name, and a directory’s content', async () => {
    const beside = temporaryDirectory();
    write(beside, {'d/a': 'x'});
    const plan = new StagingPlan();
    await planPath(plan, join(beside, 'd/a'), '/workspace/b');
    await planPath(plan, join(beside, 'd'), '/workspace/c');
    expect(paths(plan)).toContain('/workspace/b');
    expect(paths(plan)).toContain('/workspace/c/a');
  });

  it('follows a link to a file', async () => {
    const beside = temporaryDirectory();
    writeFileSync(join(beside, 'a'), 'text');
    symlinkSync('a', join(beside, 'l'));
    const plan = new StagingPlan();
    await planPath(plan, join(beside, 'l'), '/workspace/b');
    expect(plan.entries.get('/workspace/b')).toMatchObject({kind: 'file', size: 4});
  });
});

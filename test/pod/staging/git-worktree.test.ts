import {existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {PathMap} from '../../../src/pod/paths.ts';
import {StagingPlan} from '../../../src/pod/staging/plan.ts';
import {planWorkspace} from '../../../src/pod/staging/workspace.ts';
import {temporaryDirectory, write} from '../../kit/temporary-directory.ts';
import {git, unpacked} from '../../kit/unpacked.ts';

/** A repository with one commit, `main` checked out. */
function repository(directory: string): string {
  mkdirSync(directory, {recursive: true});
  git(directory, 'init', '-q', '-b', 'main');
  write(directory, {tracked: 'one\n', 'dir/x': ''});
  git(directory, 'add', '.');
  git(directory, 'commit', '-q', '-m', 'first');
  return directory;
}

async function stage(workDirectory: string): Promise<string> {
  const plan = new StagingPlan();
  await planWorkspace(plan, {workDirectory, overlays: [], copyFiles: []}, new PathMap(undefined));
  return join(await unpacked(plan), 'workspace');
}

/** Adds a worktree on a branch, with a commit, a staged, a changed and an untracked file. */
function workedOn(home: string, repo: string): string {
  const work = join(home, 'linked');
  git(repo, 'worktree', 'add', '-q', '-b', 'topic', work, 'main');
  write(work, {second: ''});
  git(work, 'add', 'second');
  git(work, 'commit', '-q', '-m', 'second');
  write(work, {staged: '', tracked: 'two\n', untracked: ''});
  git(work, 'add', 'staged');
  return work;
}

const STATUS = 'A  staged\n M tracked\n?? untracked\n';

describe('in the pod', () => {
  it('a repository is as it was', async () => {
    const repo = repository(join(temporaryDirectory(), 'repo'));
    const pod = await stage(repo);
    expect(git(pod, 'status', '--porcelain')).toBe('');
    expect(git(pod, 'log', '--format=%s')).toBe('first\n');
  });

  it.each(['of a repository', 'of a bare repository'])('a linked worktree %s works', async kind => {
    const home = temporaryDirectory();
    let repo = repository(join(home, 'repo'));
    if (kind.includes('bare')) {
      git(home, 'clone', '-q', '--bare', repo, join(home, 'bare.git'));
      repo = join(home, 'bare.git');
    }
    const pod = await stage(workedOn(home, repo));
    expect(git(pod, 'status', '--porcelain')).toBe(STATUS);
    expect(git(pod, 'log', '--format=%s')).toBe('second\nfirst\n');
    expect(git(pod, 'branch', '--show-current')).toBe('topic\n');
    git(pod, 'commit', '-q', '-a', '-m', 'third');
    expect(git(pod, 'log', '--format=%s', '-1')).toBe('third\n');
    expect(git(pod, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(git(pod, 'fsck')).not.toContain('error');
  });

  it('a worktree with a detached HEAD and relative links works', async () => {
    const home = temporaryDirectory();
    const work = workedOn(home, repository(join(home, 'repo')));
    git(work, 'checkout', '-q', '--detach');
    writeFileSync(join(work, '.git'), 'gitdir: ../repo/.git/worktrees/linked\n');
    const pod = await stage(work);
    expect(git(pod, 'status', '--porcelain')).toBe(STATUS);
    expect(git(pod, 'branch', '--show-current')).toBe('');
  });

  it.each(['', 'worktree of a '])(
    'a %srepository that borrows objects has them all',
    async kind => {
      const home = temporaryDirectory();
      const first = repository(join(home, 'first'));
      const clone = (from: string, to: string) => {
        git(home, 'clone', '-q', '--shared', from, to);
        write(join(home, to), {[to]: ''});
        git(join(home, to), 'add', '.');
        git(join(home, to), 'commit', '-q', '-m', to);
        git(join(home, to), 'repack', '-q', '-d', '-l', '--write-midx');
      };
      clone(first, 'second');
      clone(join(home, 'second'), 'third');
      let work = join(home, 'third');
      if (kind !== '') {
        git(work, 'worktree', 'add', '-q', '-b', 'topic', join(home, 'linked'));
        work = join(home, 'linked');
      }
      const pod = await stage(work);
      for (const each of ['first', 'second', 'third'])
        renameSync(join(home, each), join(home, `${each}-`));
      expect(existsSync(join(pod, '.git/objects/info/alternates'))).toBe(false);
      expect(git(pod, 'log', '--format=%s')).toBe('third\nsecond\nfirst\n');
      expect(git(pod, 'status', '--porcelain')).toBe('');
      expect(git(pod, 'fsck', '--full')).not.toMatch(/error|missing/);
    },
  );

  it('a repository whose lender is not here is told of', async () => {
    const repo = repository(join(temporaryDirectory(), 'repo'));
    write(repo, {'.git/objects/info/alternates': '# once\n/nowhere/objects\n'});
    const plan = new StagingPlan();
    await planWorkspace(
      plan,
      {workDirectory: repo, overlays: [], copyFiles: []},
      new PathMap(undefined),
    );
    expect(plan.warnings).toEqual([
      `${repo}/.git/objects/info/alternates names /nowhere/objects, which is not here: git will miss objects`,
    ]);
  });

  it.each(['gitdir: ../.git/modules/sub\n', 'gitdir: /nowhere\n', 'nonsense'])(
    'a .git file that says %j stays as it is',
    async content => {
      const work = join(temporaryDirectory(), 'work');
      write(work, {'.git': content, a: ''});
      const pod = await stage(work);
      expect(readFileSync(join(pod, '.git'), 'utf8')).toBe(content);
    },
  );
});

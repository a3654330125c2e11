import {existsSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeDestination, makeDirectory} from '../src/directory.ts';
import {UsageError} from '../src/errors.ts';
import {failureOf} from './kit/failing.ts';
import {temporaryDirectory} from './kit/temporary-directory.ts';

describe('makeDirectory', () => {
  it('makes what is missing, each with the mode, and leaves what is there', () => {
    const root = temporaryDirectory();
    const before = statSync(root).mode;
    for (let round = 0; round < 2; round++) makeDirectory(join(root, 'a/b/c'), 0o700);
    const modes = ['a', 'a/b', 'a/b/c'].map(path => statSync(join(root, path)).mode & 0o777);
    expect([...modes, statSync(root).mode]).toEqual([0o700, 0o700, 0o700, before]);
  });

  it('takes a link to a directory for one', () => {
    const root = temporaryDirectory();
    symlinkSync(root, join(root, 'link'));
    makeDirectory(join(root, 'link/a'));
    expect(existsSync(join(root, 'a'))).toBe(true);
  });

  it('fails where a file is in the way', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'a')]) {
      expect(() => makeDirectory(path)).toThrow(/EEXIST|ENOTDIR/);
    }
  });

  it.runIf(existsSync('/proc/self'))('fails at once where there can be no directory', () => {
    expect(failureOf(UsageError, () => makeDestination('/proc/none/deep'))).toMatch(
      /^cannot make the directory \/proc\/none\/deep: ENOENT: .*'\/proc\/none'; name one/,
    );
  });
});

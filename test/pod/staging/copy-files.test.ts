import {symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {UsageError} from '../../../src/errors.ts';
import {rejectionOf} from '../../kit/failing.ts';
import {filesOf, machine} from './machine.ts';

describe('copy_files', () => {
  const CITY = {
    ...{'city/x': '', 'city/rigs/a/y': '', 'city/rigs/a/sub/y': '', 'city/docs/x': ''},
    ...{'work/z': '', 'src/file': '', 'src/tree/f': ''},
  };
  const targets = async (relDst: string | undefined, source: string, work: string) => {
    const {home, plan} = machine(CITY);
    const file = {src: join(home, source), rel_dst: relDst};
    const request = {workDirectory: join(home, work), copyFiles: [file]};
    const before = new Set(
      filesOf(await plan({workDirectory: join(home, work)}, join(home, 'city'))),
    );
    return filesOf(await plan(request, join(home, 'city'))).filter(path => !before.has(path));
  };

  it.each([
    [undefined, 'src/file', 'city/rigs/a', '/workspace/file'],
    ['a/b', 'src/file', 'city/rigs/a', '/workspace/a/b'],
    ['rigs/a/b', 'src/file', 'city/rigs/a', '/workspace/rigs/a/b'],
    ['rigs/a/t', 'src/tree', 'city/rigs/a', '/workspace/rigs/a/t/f'],
    ['/abs', 'src/file', 'city/rigs/a', '/workspace/abs'],
    ['../work/b', 'src/file', 'work', '/workspace/b'],
    ['../work', 'src/tree', 'work', '/workspace/f'],
    ['../work', 'src/file', 'work', '/workspace/file'],
    ['.', 'src/tree', 'work', '/workspace/f'],
    ['', 'src/file', 'work', '/workspace/file'],
    ['a/../b/./c', 'src/file', 'work', '/workspace/b/c'],
    ['./', 'src/file', 'city/rigs/a', '/workspace/file'],
    ['new/', 'src/file', 'city/rigs/a', '/workspace/new/file'],
    ['rigs', 'src/file', 'city/rigs/a', '/workspace/rigs/file'],
    ['docs', 'src/file', 'city/rigs/a', '/workspace/docs/file'],
    ['rigs/a/sub', 'src/file', 'city/rigs/a', '/workspace/rigs/a/sub/file'],
    ['docs', 'src/tree', 'city/rigs/a', '/workspace/docs/f'],
  ])('at %j from %s, working in %s: %s', async (relDst, source, work, target) => {
    expect(await targets(relDst, source, work)).toEqual([target]);
  });

  it.each(['../x', '../../etc/passwd', 'a/../../..', '../work-2/b'])('refuses %j', async relDst => {
    const message = await rejectionOf(UsageError, () => targets(relDst, 'src/file', 'work'));
    expect(message).toContain(JSON.stringify(relDst));
    expect(message).toContain('outside the workspace');
  });

  it('refuses a NUL byte, and a way through a link', async () => {
    await rejectionOf(UsageError, () => targets('a\0b', 'src/file', 'work'));
    const {home, plan} = machine({'work/x': '', 'src/file': ''});
    symlinkSync('/proc', join(home, 'work/kernel'));
    const copyFiles = [{src: join(home, 'src/file'), rel_dst: 'kernel/file'}];
    const message = await rejectionOf(UsageError, () =>
      plan({workDirectory: join(home, 'work'), copyFiles}),
    );
    expect(message).toContain('which is a link');
  });

  it('warns of a source that is missing', async () => {
    const {home, plan} = machine({});
    const made = await plan({copyFiles: [{src: join(home, 'none'), rel_dst: 'a'}]});
    expect(made.warnings).toEqual([
      `copy_files: ${join(home, 'none')} does not exist here: left out`,
    ]);
  });
});

import {execFileSync} from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {PodCommandError} from '../../../src/errors.ts';
import {StagingPlan} from '../../../src/pod/staging/plan.ts';
import {tarLength, tarOf} from '../../../src/pod/staging/tar.ts';
import {planTree} from '../../../src/pod/staging/tree.ts';
import {temporaryDirectory, write} from '../../kit/temporary-directory.ts';
import {archiveOf, unpacked} from '../../kit/unpacked.ts';

async function planOf(files: Record<string, string>): Promise<{plan: StagingPlan; source: string}> {
  const source = temporaryDirectory();
  write(source, files);
  const plan = new StagingPlan();
  await planTree(plan, {source, target: '/workspace'});
  return {plan, source};
}

/** What tar finds in it, read from a pipe and with its padding taken, as in the pod. */
const listed = (archive: Buffer) =>
  execFileSync('sh', ['-c', 'cat | { tar -tvf -; code=$?; cat >/dev/null; exit $code; }'], {
    input: archive,
    env: {PATH: process.env.PATH, LC_ALL: 'C.UTF-8'},
  }).toString();

describe('the length of the stream', () => {
  it('is known before, for every length of name and link', async () => {
    const plan = new StagingPlan();
    for (let length = 1; length < 400; length += 7) {
      const name = 'x'.repeat(Math.min(length, 200)) + '/y'.repeat(Math.max(0, length - 200) / 2);
      plan.put(`/${length}/${name}`, {kind: 'text', content: Buffer.alloc(length), mode: 0o644});
      plan.put(`/l${length}`, {kind: 'link', target: name});
      plan.put(`/d${length}/${name}`, {kind: 'directory', mode: 0o755});
      plan.put(`/é${length}/${name}`, {kind: 'link', target: `ü${name}`});
    }
    const archive = await archiveOf(plan);
    expect(archive.length).toBe(tarLength(plan.entries));
    expect(listed(archive).trim().split('\n')).toHaveLength(plan.entries.size);
  });

  it.each([0, 1, 511, 512, 513, 10_239, 300_000])('is right for a file of %i bytes', async size => {
    const {plan} = await planOf({file: 'x'.repeat(size)});
    const archive = await archiveOf(plan);
    expect(archive.length).toBe(tarLength(plan.entries));
    expect(archive.length % 10_240).toBe(0);
    expect(listed(archive)).toContain(` ${size} `);
  });

  it('is right for no file at all', async () => {
    const plan = new StagingPlan();
    expect((await archiveOf(plan)).length).toBe(tarLength(plan.entries));
    expect(listed(await archiveOf(plan))).toBe('');
  });
});

describe('the stream', () => {
  it('carries long and UTF-8 names, and links to them', async () => {
    const deep = `${'d'.repeat(120)}/${'e'.repeat(120)}/ünïcode 日本`;
    const {plan} = await planOf({[deep]: 'found'});
    plan.put('/workspace/link', {kind: 'link', target: deep});
    const root = await unpacked(plan);
    expect(readFileSync(join(root, 'workspace', deep), 'utf8')).toBe('found');
    expect(readlinkSync(join(root, 'workspace/link'))).toBe(deep);
  });

  it('keeps the time of a file', async () => {
    const {plan, source} = await planOf({a: ''});
    execFileSync('touch', ['-d', '2001-02-03T04:05:06Z', join(source, 'a')]);
    const again = new StagingPlan();
    await planTree(again, {source, target: '/workspace'});
    expect(plan.entries.size).toBe(again.entries.size);
    expect(listed(await archiveOf(again))).toContain('2001-02-03');
  });

  it.each([
    ['grows', (file: string) => appendFileSync(file, 'more'), 'changed while it was copied', 'abc'],
    ['shrinks', (file: string) => truncateSync(file, 1), 'changed while it was copied', 'a'],
    ['vanishes', (file: string) => rmSync(file), 'not copied: ENOENT', undefined],
  ])('keeps its length when a file %s, and warns', async (_, change, warning, content) => {
    for (const size of [3, 700_000]) {
      const {plan, source} = await planOf({a: 'abc'.padEnd(size, 'c'), b: 'after'});
      change(join(source, 'a'));
      const warnings: string[] = [];
      const root = await unpacked(plan, warnings);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(warning);
      expect(warnings[0]).toContain(join(source, 'a'));
      const file = join(root, 'workspace/a');
      const expected = content === 'abc' ? content.padEnd(size, 'c') : content;
      expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(expected);
      expect(readFileSync(join(root, 'workspace/b'), 'utf8')).toBe('after');
      expect((await archiveOf(plan)).length).toBe(tarLength(plan.entries));
    }
  });

  /** The stream of a large file that loses its end while it is read, and another one. */
  async function shrinking(cutList?: string) {
    const name = "it's a\nname";
    const {plan, source} = await planOf({
      [name]: 'x'.repeat(5_000_000),
      other: 'y'.repeat(400_000),
    });
    const warnings: string[] = [];
    const length = tarLength(plan.entries, cutList);
    const warn = (text: string) => void warnings.push(text);
    const pieces: Buffer[] = [];
    const list = cutList === undefined ? {} : {cutList};
    for await (const piece of tarOf(plan.entries, {length, warn, ...list})) {
      if (pieces.push(piece) === 1) truncateSync(join(source, name), 1_000_000);
    }
    expect(warnings).toEqual([expect.stringMatching(/^not copied: .* got shorter/s)]);
    return {name, archive: Buffer.concat(pieces), length};
  }

  it('names what lost its end while it was read, for the launcher to remove', async () => {
    const {name, archive, length} = await shrinking('/run/gc/cut.sh');
    expect(archive.length).toBe(length);
    const root = temporaryDirectory();
    execFileSync('tar', ['-xf', '-', '-C', root], {input: archive});
    const commands = readFileSync(join(root, 'run/gc/cut.sh'), 'utf8');
    execFileSync('sh', ['-c', commands.replaceAll("'/workspace", `'${root}/workspace`)]);
    expect(readdirSync(join(root, 'workspace'))).toEqual(['other']);
    expect(commands).toContain(name.slice(4));
  });

  it('without a launcher fails', async () => {
    await expect(shrinking()).rejects.toThrow(PodCommandError);
  });

  it('carries a file of many pieces whole', async () => {
    const content = Buffer.from(Array.from({length: 1_000_003}, (_, at) => at % 251));
    const {plan, source} = await planOf({});
    writeFileSync(join(source, 'big'), content);
    await planTree(plan, {source, target: '/workspace'});
    const root = await unpacked(plan);
    expect(readFileSync(join(root, 'workspace/big')).equals(content)).toBe(true);
  });
});

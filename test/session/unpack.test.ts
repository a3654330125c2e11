import {existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {pack, type Header} from 'tar-stream';
import {describe, expect, it} from 'vitest';
import {unpack} from '../../src/session/unpack.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

type Member = Partial<Header> & {name: string; content?: string};

/** A tar archive of a directory: these members below `./`. */
async function archiveOf(...members: Member[]): Promise<Buffer> {
  const archive = pack();
  archive.entry({name: './', type: 'directory'});
  for (const {content = '', ...header} of members) archive.entry(header, content);
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A destination, and a directory beside it that nothing may reach. */
function places() {
  const root = temporaryDirectory();
  const [destination, outside] = [join(root, 'destination'), join(root, 'outside')];
  mkdirSync(outside);
  return {destination, outside};
}

describe('unpack', () => {
  it('makes files, directories and links, with their modes', async () => {
    const {destination} = places();
    const archive = await archiveOf(
      {name: './sub/', type: 'directory'},
      {name: './sub/run', mode: 0o755, content: 'echo'},
      {name: './link', type: 'symlink', linkname: 'sub/run'},
    );
    await unpack([archive], destination);
    expect(readFileSync(join(destination, 'link'), 'utf8')).toBe('echo');
    expect(statSync(join(destination, 'sub/run')).mode & 0o777).toBe(0o755);
  });

  it('keeps both names of a file with two', async () => {
    const {destination} = places();
    const archive = await archiveOf(
      {name: './sub/first', content: 'both'},
      {name: './second', type: 'link', linkname: './sub/first'},
    );
    await unpack([archive], destination);
    expect(readFileSync(join(destination, 'second'), 'utf8')).toBe('both');
  });

  it('writes no file through a link that came before it', async () => {
    const {destination, outside} = places();
    const archive = await archiveOf(
      {name: './innocent', type: 'symlink', linkname: join(outside, 'file')},
      {name: './innocent', content: 'mine now'},
    );
    await unpack([archive], destination);
    expect(existsSync(join(outside, 'file'))).toBe(false);
    expect(lstatSync(join(destination, 'innocent')).isFile()).toBe(true);
  });

  it('makes no directory through a link', async () => {
    const {destination, outside} = places();
    const archive = await archiveOf(
      {name: './innocent', type: 'symlink', linkname: outside},
      {name: './innocent/made/file', content: 'mine now'},
    );
    await expect(unpack([archive], destination)).rejects.toThrow('leads outside');
    expect(readdirSync(outside)).toEqual([]);
  });

  it.each([
    ['a name', {name: './../outside/file', content: 'x'}],
    ['a hard link', {name: './file', type: 'link', linkname: '../outside/secret'} as const],
  ])('refuses %s that leads outside', async (_, member) => {
    const {destination, outside} = places();
    await expect(unpack([await archiveOf(member)], destination)).rejects.toThrow('leads outside');
    expect(readdirSync(outside)).toEqual([]);
  });
});

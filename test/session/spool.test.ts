import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {PodExecError, UsageError} from '../../src/errors.ts';
import {Spool} from '../../src/session/spool.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

const END = Buffer.alloc(1024);

async function spooling() {
  const directory = temporaryDirectory();
  const spool = await Spool.beside(join(directory, 'not', 'there'));
  onTestFinished(() => spool.close().catch(() => undefined));
  return {directory, spool};
}

async function contentOf(spool: Spool): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of await spool.whole()) pieces.push(piece);
  return Buffer.concat(pieces).subarray(0, -END.length).toString();
}

describe('a spool', () => {
  it('gives what came, in its order, and is seen nowhere', async () => {
    const {directory, spool} = await spooling();
    spool.begin();
    for (const piece of ['a', 'b', 'c', 'd']) spool.take(Buffer.from(piece));
    spool.take(END);
    expect(await contentOf(spool)).toBe('abcd');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('forgets what came in the try before, also what is not written yet', async () => {
    const {spool} = await spooling();
    for (const text of ['first, and longer', 'second']) {
      spool.begin();
      spool.take(Buffer.from(text));
      spool.take(END);
    }
    expect(await contentOf(spool)).toBe('second');
  });

  it.each(['', 'cut off'])('refuses what has no end: %j', async text => {
    const {spool} = await spooling();
    spool.begin();
    spool.take(Buffer.from(text));
    await expect(spool.whole()).rejects.toBeInstanceOf(PodExecError);
  });

  it('asks for the next window when one is written, not before', async () => {
    const {spool} = await spooling();
    const lines = spool.begin()[Symbol.asyncIterator]();
    await lines.next();
    let isAsked = false;
    const next = lines.next().then(() => (isAsked = true));
    spool.take(Buffer.alloc(4 * 2 ** 20 - 1));
    await spool.whole();
    expect(isAsked).toBe(false);
    spool.take(Buffer.alloc(1));
    expect(await next).toBe(true);
  });

  it('ends the exec when it can keep no more', async () => {
    const {spool} = await spooling();
    const lines = spool.begin()[Symbol.asyncIterator]();
    await lines.next();
    await spool.close();
    spool.take(END);
    const failure = lines.next();
    await expect(failure).rejects.toBeInstanceOf(UsageError);
    await expect(failure).rejects.toThrow(/^cannot keep the copy in .* make room there/);
  });
});

import {describe, expect, it} from 'vitest';
import {metaKey} from '../../src/pod/meta.ts';
import {getMeta, removeMeta, setMeta} from '../../src/session/metadata.ts';
import boxScript from '../../src/pod/scripts/box.sh';
import metadataScript from '../../src/pod/scripts/metadata.sh';
import setMetaScript from '../../src/tmux/scripts/set-meta.sh';
import {write} from '../kit/temporary-directory.ts';
import {moved, terminal, withoutSession, type Terminal} from '../kit/terminal.ts';

const get = async (pane: Terminal, key: string) =>
  (await getMeta(pane.place, metaKey(key)))?.toString('latin1');
const set = (pane: Terminal, key: string, value: string | Buffer) =>
  setMeta(pane.place, metaKey(key), Buffer.from(value));
const latin1 = (value: string | Buffer) => Buffer.from(value).toString('latin1');

describe('a value', () => {
  it.each([
    ...['', 'true', 'x=1\n"é"', 'line\n\n', '\n', ' a ', 'a;', ';', 'a\\;', '\\', '-x', '--'],
    ...[
      "'",
      '$(x) `y`',
      '#{pane_id}',
      'a\tb',
      '日本 👩‍💻',
      '\u001b[31m',
      '\r',
      '\u0001\u007f',
      'a\0b',
    ],
    ...['\u0085', '\u2028', 'x'.repeat(16_000 - 1), 'x'.repeat(16_001), 'x\n'.repeat(60_000)],
    ...[Buffer.from([0xff, 0xfe]), Buffer.from('a\0').subarray(0, 2)],
  ])('%# comes back exactly, also when tmux is gone', async value => {
    const pane = await terminal();
    await set(pane, 'K', value);
    expect(await get(pane, 'K')).toBe(latin1(value));
    pane.tmux('kill-server');
    expect(await get(pane, 'K')).toBe(latin1(value));
  });

  it.each(['a/b', 'a b', 'a.b', '-x', 'é', 'a=b', 'a;', '$(x)', "'", 'x'.repeat(300)])(
    'is kept under the key %.20s, replaced and removed',
    async key => {
      const pane = await terminal();
      await set(pane, 'a', 'other');
      for (const value of ['one\n', 'a\0b', 'two;']) {
        await set(pane, key, value);
        expect(await get(pane, key)).toBe(value);
      }
      await removeMeta(pane.place, metaKey(key));
      expect((await get(pane, key)) ?? '').toBe('');
      expect(await get(pane, 'a')).toBe('other');
      expect(Object.keys(pane.annotations)).toEqual(['gc-session-name', 'gc-meta/a']);
    },
  );

  it('is a variable of the agent’s tmux session', async () => {
    const pane = await terminal();
    await set(pane, 'GC_DRAIN', 'now é');
    expect(pane.tmux('show-environment', '-t', 'main', 'GC_DRAIN')).toBe('GC_DRAIN=now é\n');
    await removeMeta(pane.place, metaKey('GC_DRAIN'));
    expect(pane.tmux('show-environment', '-t', 'main')).not.toContain('GC_DRAIN=');
  });

  it('that the agent sets, changes or removes counts', async () => {
    const pane = await terminal();
    pane.tmux('set-environment', '-t', 'main', 'ACK', 'first\n');
    expect(await get(pane, 'ACK')).toBe('first\n');
    await set(pane, 'GC_DRAIN', 'ours');
    pane.tmux('set-environment', '-t', 'main', 'GC_DRAIN', 'theirs');
    expect(await get(pane, 'GC_DRAIN')).toBe('theirs');
    pane.tmux('set-environment', '-u', '-t', 'main', 'GC_DRAIN');
    expect((await get(pane, 'GC_DRAIN')) ?? '').toBe('');
  });

  it('that tmux could not hold is the annotation’s, until the agent sets one', async () => {
    const pane = await terminal();
    await set(pane, 'K', 'short');
    await set(pane, 'K', 'a\0b');
    expect(pane.tmux('show-environment', '-t', 'main')).not.toContain('K=short');
    expect(await get(pane, 'K')).toBe('a\0b');
    pane.tmux('set-environment', '-t', 'main', 'K', 'theirs');
    expect(await get(pane, 'K')).toBe('theirs');
  });

  it('of no name is nothing, and removing it is fine', async () => {
    const pane = await terminal();
    expect((await get(pane, 'NONE')) ?? '').toBe('');
    await removeMeta(pane.place, metaKey('NONE'));
    expect(await get(withoutSession(), 'NONE')).toBeUndefined();
  });

  it('is annotated, and is there, while no tmux runs', async () => {
    const pod = withoutSession();
    await set(pod, 'K', 'v');
    expect(pod.annotations['gc-meta/K']).toBe('v');
    expect(await get(pod, 'K')).toBe('v');
    await removeMeta(pod.place, metaKey('K'));
    expect(await get(pod, 'K')).toBeUndefined();
  });
});

describe('box.sh', () => {
  it('gives a tmux that gc started anew what was set before', async () => {
    const pane = await terminal();
    const values = {K: 'line\n\n', 'a;': 'b;', é: '$(x)', HELD: 'a\0b', GONE: 'x', TWICE: 'a\0b'};
    for (const [key, value] of Object.entries(values)) await set(pane, key, value);
    await removeMeta(pane.place, metaKey('GONE'));
    await set(pane, 'TWICE', 'held');
    pane.tmux('new-session', '-d', '-s', 'keep', 'exec cat');
    pane.tmux('kill-session', '-t', 'main');
    pane.tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'main', 'exec cat');
    const script = moved(metadataScript, pane.directory);
    write(pane.directory, {'run/gc/metadata.sh': script, 'run/gc/provisioned': ''});
    expect((await pane.run(boxScript, {args: ['after']})).exitCode).toBe(0);
    for (const [key, value] of Object.entries({...values, GONE: '', TWICE: 'held'})) {
      expect([key, await get(pane, key)]).toEqual([key, latin1(value)]);
    }
  });

  it('leaves a started session as it is', async () => {
    const pane = await terminal();
    expect((await pane.run(boxScript, {args: ['after']})).exitCode).toBe(0);
    expect(pane.tmux('show-options', '-t', 'main').includes('@gc-adopted')).toBe(false);
  });
});

describe('set-meta.sh', () => {
  it('changes nothing when its input broke off', async () => {
    const pane = await terminal();
    const args = ['.end', 'name', 'K'];
    await pane.run(setMetaScript, {args, stdin: 'whole.end'});
    const broken = await pane.run(setMetaScript, {args, stdin: 'half'});
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr.toString()).toContain('did not arrive whole');
    expect(await get(pane, 'K')).toBe('whole');
  });
});

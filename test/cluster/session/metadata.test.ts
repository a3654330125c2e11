import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

describe('metadata of a session that is being started', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('meta-early')));
  afterAll(() => ground.close());

  it('is there once it is started, for the agent too', async () => {
    const request = {command: 'cat', pre_start: ['until [ -e /tmp/go ]; do sleep 0.1; done']};
    const starting = ground.launch(['start', 'early'], {stdin: JSON.stringify(request)});
    const set = async (key: string, value: string) =>
      succeeded(await ground.gc(['set-meta', 'early', key], {stdin: value}));
    // At first there is nothing in the pod that could keep it.
    await until('the pod is there', () => ground.podOf('early'));
    await set('FIRST', 'before');
    await until('its container takes an exec', async () => {
      const tried = await ground.shell('early', 'ls /run/gc/launch.sh').catch(() => undefined);
      return tried?.stdout.includes('launch.sh');
    });
    await set('SECOND', 'meanwhile;');
    await ground.shell('early', 'touch /tmp/go');
    succeeded(await starting.done);
    for (const [key, value] of [
      ['FIRST', 'before'],
      ['SECOND', 'meanwhile;'],
    ] as const) {
      expect(succeeded(await ground.gc(['get-meta', 'early', key])).stdout).toBe(value);
      const {stdout} = await ground.shell('early', `tmux -u show-environment -t main ${key}`);
      expect(stdout).toBe(`${key}=${value}\n`);
    }
  });
});

describe('metadata', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('meta');
    await ground.start('a', {command: 'cat'});
  });
  afterAll(() => ground.close());

  const set = async (key: string, value: string | Buffer, session = 'a') =>
    succeeded(await ground.gc(['set-meta', session, key], {stdin: value}));
  const get = async (key: string, session = 'a') =>
    succeeded(await ground.gc(['get-meta', session, key])).bytes;
  const inTmux = (key: string) => ground.shell('a', `tmux -u show-environment -t main -- '${key}'`);

  it.each([
    ['text', 'x=1\n"é" \'s\' $HOME `id` \\'],
    ['newlines at its end', 'two\n\n'],
    ['a trailing semicolon', 'a;'],
    ['a tmux format', '#{pane_id} #(touch /tmp/x)'],
    ['nothing', ''],
    ['a flag', '-g'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x80, 10])],
    ['NUL bytes', Buffer.from([97, 0, 98, 0])],
    ['100 KB', 'y'.repeat(100 * 1024)],
  ])('keeps %s exactly', async (_what, value) => {
    await set('VALUE', value);
    expect(await get('VALUE')).toEqual(Buffer.from(value));
  });

  it.each([
    'a/b/c',
    'with.dots',
    'K'.repeat(74),
    '-flag',
    'UPPER_lower-9',
    'příliš',
    'a b',
    'x=y',
    'K;',
  ])('takes the key %s, and forgets it', async key => {
    await set(key, `value of ${key}`);
    expect((await get(key)).toString()).toBe(`value of ${key}`);
    await set('K', 'of another key');
    succeeded(await ground.gc(['remove-meta', 'a', key]));
    expect(await get(key)).toEqual(Buffer.alloc(0));
    succeeded(await ground.gc(['remove-meta', 'a', key]));
    expect((await get('K')).toString()).toBe('of another key');
  });

  it('refuses more than 128 KiB, and keeps the old value', async () => {
    await set('LARGE', 'small');
    const ran = await ground.gc(['set-meta', 'a', 'LARGE'], {
      stdin: Buffer.alloc(128 * 1024 + 1, 97),
    });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('LARGE');
    expect((await get('LARGE')).toString()).toBe('small');
  });

  it('is shown to the agent, and what the agent sets is seen here', async () => {
    await set('GC_DRAIN', 'please');
    expect((await inTmux('GC_DRAIN')).stdout).toBe('GC_DRAIN=please\n');
    const annotations = (await ground.podOf('a'))?.metadata?.annotations ?? {};
    expect(Object.values(annotations)).toContain('please');

    await ground.shell('a', "tmux set-environment -t main GC_DRAIN 'done, é'");
    expect((await get('GC_DRAIN')).toString()).toBe('done, é');
    await ground.shell('a', 'tmux set-environment -t main GC_ANSWER 42');
    expect((await get('GC_ANSWER')).toString()).toBe('42');
    await ground.shell('a', 'tmux set-environment -u -t main GC_ANSWER');
    expect((await get('GC_ANSWER')).toString()).toBe('');
  });

  it('answers nothing for a key or a session that is not there', async () => {
    expect(await get('NONE')).toEqual(Buffer.alloc(0));
    expect(await get('NONE', 'nobody')).toEqual(Buffer.alloc(0));
  });

  it('takes 20 values at once', async () => {
    const keys = Array.from({length: 20}, (_, at) => `PARALLEL_${at}`);
    await Promise.all(keys.map(key => set(key, `of ${key}`)));
    const values = await Promise.all(keys.map(async key => (await get(key)).toString()));
    expect(values).toEqual(keys.map(key => `of ${key}`));
  });

  it('outlives tmux, and ends with the pod', async () => {
    await ground.start('mortal', {command: 'cat'});
    await set('LAST', 'words', 'mortal');
    await ground.shell('mortal', 'tmux kill-server');
    await until(
      'it ended',
      async () => (await ground.gc(['is-running', 'mortal'])).stdout === 'false\n',
    );
    expect((await get('LAST', 'mortal')).toString()).toBe('words');
    await ground.start('mortal', {command: 'cat'});
    expect((await get('LAST', 'mortal')).toString()).toBe('');
  });

  it('is given to a tmux that is started again in a provisioned box', async () => {
    succeeded(await ground.gc(['provision', 'box'], {stdin: '{}'}));
    await set('EARLY', 'before tmux', 'box');
    const launch = "'tmux' 'new-session' '-d' '-s' 'main' 'cat'";
    succeeded(await ground.gc(['exec', 'box'], {stdin: launch}));
    await set('LATER', 'with tmux é', 'box');
    await ground.shell('box', 'tmux kill-session -t main');
    expect((await get('LATER', 'box')).toString()).toBe('with tmux é');
    succeeded(await ground.gc(['exec', 'box'], {stdin: launch}));
    const {stdout} = await ground.shell('box', 'tmux -u show-environment -t main');
    expect(stdout).toContain('EARLY=before tmux\n');
    expect(stdout).toContain('LATER=with tmux é\n');
  });
});

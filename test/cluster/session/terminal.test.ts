import {randomUUID} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {itOnRealNodes} from '../kit/real-nodes.ts';

/** Shows what it was typed, line by line, in a form in which nothing can hide. */
const ECHO = `stty -echo; while IFS= read -r line; do printf 'got <%s>\\n' "$line"; done`;

const quoted = (...words: string[]) =>
  words.map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

describe('the terminal', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('terminal');
    await ground.start('echo', {command: ECHO});
  });
  afterAll(() => ground.close());

  const say = async (text: string | Buffer) =>
    succeeded(await ground.gc(['nudge', 'echo'], {stdin: text}));
  const exec = (command: string) => ground.gc(['exec', 'echo'], {stdin: command});

  it.each([
    ['a key name', 'Enter'],
    ['another key name', 'C-c'],
    ['a flag', '-x'],
    ['an ending semicolon', 'a;'],
    ['shell code', '$(touch /tmp/x) `touch /tmp/x` "q" \'s\' \\n'],
    ['a tmux format', '#{pane_id} #[fg=red] %1'],
    ['UTF-8', 'žluťoučký kůň 日本語 🐎'],
    ['the end of options', '-- -t main'],
  ])('takes %s for a text', async (_what, text) => {
    await say(text);
    await ground.screen('echo', screen => screen.includes(`got <${text}>`));
    expect((await ground.shell('echo', 'ls /tmp/x')).code).not.toBe(0);
  });

  it('types several lines, and Enter once', async () => {
    await say('first of two\nsecond of two\n');
    const screen = await ground.screen('echo', text => text.includes('got <second of two>'));
    expect(screen).toContain('got <first of two>\ngot <second of two>');
    await say('after two');
    const later = await ground.screen('echo', text => text.includes('got <after two>'));
    expect(later).not.toContain('got <>');
  });

  it('types 20 KB whole', async () => {
    // What an earlier try has typed is still there.
    const mark = randomUUID().slice(0, 8);
    const lines = Array.from({length: 250}, (_, at) => `${mark} ${at} ${'x'.repeat(68)}`);
    await say(lines.join('\n'));
    const screen = await ground.screen('echo', text => text.includes(`got <${lines[249] ?? ''}>`));
    const got = [...screen.matchAll(/got <([^>]*)>/g)].map(([, line = '']) => line);
    expect(got.filter(line => line.includes(mark))).toEqual(lines);
  });

  it('leaves copy mode before it types', async () => {
    await ground.shell('echo', 'tmux copy-mode -t main');
    await say('out of copy mode');
    await ground.screen('echo', text => text.includes('got <out of copy mode>'));
  });

  it.each(['-l', 'Enter', 'trailing;', "it's $(id)", 'long '.repeat(500)])(
    'types %s by the exec that gc sends',
    async text => {
      const typed = await exec(quoted('tmux', 'send-keys', '-t', 'main', '-l', `by exec ${text}`));
      expect(typed).toMatchObject({code: 0, stdout: ''});
      expect((await exec(quoted('tmux', 'send-keys', '-t', 'main', 'Enter'))).code).toBe(0);
      await ground.screen('echo', screen =>
        screen.replaceAll('\n', '').includes(`got <by exec ${text}>`),
      );
    },
  );

  it('answers the other commands by which gc drives a terminal', async () => {
    await say('for capture-pane');
    await ground.screen('echo', text => text.includes('got <for capture-pane>'));
    const captured = await exec(quoted('tmux', 'capture-pane', '-t', 'main', '-p', '-S', '-50'));
    expect(captured.code).toBe(0);
    expect(captured.stdout).toContain('got <for capture-pane>');
    expect((await exec(quoted('tmux', 'has-session', '-t', 'main'))).code).toBe(0);
    expect((await exec(quoted('tmux', 'clear-history', '-t', 'main'))).code).toBe(0);
  });

  it('shows the last lines, the default of 50, or all of 500', async () => {
    await ground.start('counter', {command: 'seq 1 500; cat'});
    await ground.screen('counter', text => text.includes('\n500\n'));
    const peek = async (...lines: string[]) =>
      succeeded(await ground.gc(['peek', 'counter', ...lines]))
        .stdout.trimEnd()
        .split('\n');
    expect(await peek('10')).toEqual(Array.from({length: 10}, (_, at) => `${491 + at}`));
    expect(await peek('300')).toHaveLength(300);
    expect(await peek()).toHaveLength(50);
    const all = Array.from({length: 500}, (_, at) => `${at + 1}`);
    expect(await peek('0')).toEqual(all);
    expect(await peek('-1')).toEqual(all);

    succeeded(await ground.gc(['clear-scrollback', 'counter']));
    const rest = await peek('0');
    expect(rest).not.toContain('1');
    expect(rest).toContain('500');
  });

  it('tells the time of the last output', async () => {
    await ground.start('ticker', {command: 'while :; do date; sleep 1; done'});
    const activity = async () =>
      succeeded(await ground.gc(['get-last-activity', 'ticker'])).stdout.trim();
    const first = await activity();
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await until(
      'later activity',
      async () => Date.parse(await activity()) >= Date.parse(first) + 2000,
    );
  });

  it('interrupts, and presses the keys of a menu', async () => {
    await ground.start('shell', {command: "PS1='ready> ' bash --norc -i"});
    succeeded(await ground.gc(['nudge', 'shell'], {stdin: 'sleep 999'}));
    await ground.screen('shell', text => text.includes('ready> sleep 999'));
    await until('sleep runs', async () => {
      const {stdout} = await ground.gc(['process-alive', 'shell'], {stdin: '^sleep 999'});
      return stdout === 'true\n';
    });
    succeeded(await ground.gc(['interrupt', 'shell']));
    await ground.screen('shell', text => /\^C\nready> *\n*$/.test(text));

    const menu = `while read -rsn1 k; do [ "$k" != $'\\e' ] || { read -rsn2 m; k=$m; }; printf '<%s>' "$k"; done`;
    succeeded(await ground.gc(['nudge', 'shell'], {stdin: menu}));
    await until(
      'the menu runs',
      async () => !(await ground.screen('shell', Boolean)).endsWith('> \n'),
    );
    succeeded(await ground.gc(['send-keys', 'shell', 'Down', 'Up', 'y', ';', '-', 'Enter']));
    await ground.screen('shell', text => text.includes('<[B><[A><y><;><-><>'));
    succeeded(await ground.gc(['send-keys', 'shell', 'C-c']));
    await ground.screen('shell', text => /ready> *\n*$/.test(text));
  });

  const readOnly = {becauseEmbedded: 'its containers may not take tmux away'};
  itOnRealNodes('fails to type into a terminal that is broken, and says so', readOnly, async () => {
    await ground.start('broken', {command: 'cat'});
    await ground.shell('broken', 'mv "$(command -v tmux)" /usr/bin/tmux-away');
    const {code, stderr} = await ground.gc(['nudge', 'broken'], {stdin: 'lost?'});
    const back = await ground.shell('broken', 'mv /usr/bin/tmux-away /usr/bin/tmux');
    expect(back.code).toBe(0);
    expect({code, lines: stderr.trim().split('\n').length}).toEqual({code: 1, lines: 1});
    succeeded(await ground.gc(['nudge', 'broken'], {stdin: 'now'}));
    await ground.screen('broken', text => text.includes('now'));
  });
});

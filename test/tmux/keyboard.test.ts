import {describe, expect, it} from 'vitest';
import {PodCommandError} from '../../src/errors.ts';
import {press, type} from '../../src/tmux/keyboard.ts';
import pressScript from '../../src/tmux/scripts/press.sh';
import typeScript from '../../src/tmux/scripts/type.sh';
import {SESSION, terminal, until, withoutSession, type Terminal} from '../kit/terminal.ts';

const ENTER = {thenPress: 'Enter'} as const;

async function typedInto(pane: Terminal, text: string): Promise<string> {
  await type(pane.place, Buffer.from(text), ENTER);
  await until(() => pane.typed().endsWith('\n') && pane.typed().length > text.length);
  return pane.typed();
}

describe('type', () => {
  it.each([
    ...['hello', 'Enter', 'C-c', '-x', '--', 'a;', ';', 'a\\;', '$(touch x)', '`id` "q" \'s\''],
    ...['two\nlines', 'été 日本 🎉', '#{pane_id}', '\\n %s', ' spaces ', 'a\tb'],
  ])('types %j as it is, then Enter', async text => {
    const pane = await terminal();
    expect(await typedInto(pane, text)).toBe(`${text}\n`);
  });

  it.each([400, 1000])('types %d lines of 50 letters', async count => {
    const text = Array.from({length: count}, (_, at) => `${at} ${'x'.repeat(46)}`).join('\n');
    const pane = await terminal();
    expect(await typedInto(pane, text)).toBe(`${text}\n`);
  });

  it('types a NUL byte, too', async () => {
    const pane = await terminal();
    expect(await typedInto(pane, 'a\0b')).toBe('a\0b\n');
  });

  it('only presses the key when the text is empty', async () => {
    const pane = await terminal();
    expect(await typedInto(pane, '')).toBe('\n');
  });

  it('presses nothing when no key is asked for', async () => {
    const pane = await terminal();
    await type(pane.place, Buffer.from('one,'));
    await type(pane.place, Buffer.from('two'), ENTER);
    await until(() => pane.typed().endsWith('\n'));
    expect(pane.typed()).toBe('one,two\n');
  });

  it('brackets the text for a program that asked for it', async () => {
    const pane = await terminal(
      `stty -echo -icanon; printf '\\033[?2004hready\\n'; exec cat >typed`,
    );
    await until(() => pane.tmux('capture-pane', '-p').includes('ready'));
    await type(pane.place, Buffer.from('a\nb'), ENTER);
    await until(() => pane.typed().endsWith('~\n'));
    expect(pane.typed()).toBe('\u001b[200~a\nb\u001b[201~\n');
  });

  it('leaves copy mode first', async () => {
    const pane = await terminal();
    pane.tmux('copy-mode', '-t', 'main');
    expect(await typedInto(pane, 'heard')).toBe('heard\n');
    expect(pane.tmux('display-message', '-p', '-t', 'main', '#{pane_in_mode}')).toBe('0\n');
  });

  it('keeps messages that come at once apart, short ones and long ones', async () => {
    const pane = await terminal();
    const long = 'x'.repeat(40_000);
    const messages = Array.from({length: 16}, (_, at) =>
      at % 4 === 0 ? `${at} ${long}` : `${at}`,
    );
    await Promise.all(messages.map(text => type(pane.place, Buffer.from(text), ENTER)));
    const length = messages.join('').length;
    const isTyped = (typed: string) =>
      typed.endsWith('\n') && typed.replaceAll('\n', '').length === length;
    await until(() => isTyped(pane.typed()));
    expect(pane.typed().split('\n').sort()).toEqual(['', ...messages].sort());
  });

  it('does nothing to another session whose name begins the same, and nothing without one', async () => {
    const none = withoutSession();
    await type(none.place, Buffer.from('x'), ENTER);
    none.tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'mainframe', 'cat >typed');
    await type(none.place, Buffer.from('x'), ENTER);
    await press(none.place, ['y']);
    expect(none.tmux('list-buffers')).toBe('');
    none.tmux('send-keys', '-t', 'mainframe', 'z', 'Enter');
    await until(() => none.typed() !== '');
    expect(none.typed()).toBe('z\n');
  });

  it('presses the key apart from the text: read in one piece it would be a part of the paste', async () => {
    const pane = await terminal(
      `stty -echo -icanon; printf 'ready\\n'; while dd bs=4096 count=1 2>/dev/null >>typed; do echo '|' >>typed; done`,
    );
    await until(() => pane.tmux('capture-pane', '-p').includes('ready'));
    await type(pane.place, Buffer.from('hello'), ENTER);
    await until(() => pane.typed().endsWith('\n|\n'));
    expect(pane.typed()).toBe('hello|\n\n|\n');
  });

  it('leaves the key of each message before the next one, and before a key', async () => {
    const pane = await terminal();
    await type(pane.place, Buffer.from('one'), ENTER);
    await type(pane.place, Buffer.from('two'), ENTER);
    await press(pane.place, ['x', 'Enter']);
    await type(pane.place, Buffer.from('three'), ENTER);
    await until(() => pane.typed().endsWith('three\n'));
    expect(pane.typed()).toBe('one\ntwo\nx\nthree\n');
  });

  it('leaves a copy mode that was entered before the key is pressed', async () => {
    const pane = await terminal();
    await type(pane.place, Buffer.from('heard'), ENTER);
    pane.tmux('copy-mode', '-t', 'main');
    await until(() => pane.typed().endsWith('\n'));
    expect(pane.typed()).toBe('heard\n');
  });

  it('leaves no buffer behind', async () => {
    const pane = await terminal();
    await typedInto(pane, 'x');
    expect(pane.tmux('list-buffers')).toBe('');
  });
});

describe('type.sh', () => {
  const call = (text: string, more: {id?: string; length?: number; attempt?: string} = {}) => {
    const {id = 'unit-1', length = Buffer.byteLength(text), attempt = 'first'} = more;
    return {args: [String(length), id, 'Enter', attempt], stdin: text};
  };

  it('types nothing, and fails, when its input broke off', async () => {
    const pane = await terminal();
    const broken = await pane.run(typeScript, call('half', {length: 8}));
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr.toString()).toContain('did not arrive whole');
    const unmarked = {args: ['marked', 'unit-0', 'Enter', 'first'], stdin: 'halfunit-'};
    const cut = await pane.run(typeScript, unmarked);
    expect([cut.exitCode, cut.stderr.toString()]).toEqual([1, broken.stderr.toString()]);
    expect((await pane.run(typeScript, call('whole'))).exitCode).toBe(0);
    await until(() => pane.typed().endsWith('\n'));
    expect(pane.typed()).toBe('whole\n');
  });

  it('types a message once, although it was sent again', async () => {
    const pane = await terminal();
    await pane.run(typeScript, call('one', {id: 'unit-2'}));
    expect(
      (await pane.run(typeScript, call('one', {id: 'unit-2', attempt: 'again'}))).exitCode,
    ).toBe(0);
    await pane.run(typeScript, call('two', {id: 'unit-3', attempt: 'again'}));
    await until(() => pane.typed().includes('two\n'));
    expect(pane.typed()).toBe('one\ntwo\n');
  });

  it('types a message once, although others were typed before it was sent again', async () => {
    const pane = await terminal();
    await pane.run(typeScript, call('one', {id: 'unit-6'}));
    for (let n = 0; n < 4; n++) await type(pane.place, Buffer.from('x'), ENTER);
    await press(pane.place, ['y', 'Enter']);
    await pane.run(typeScript, call('one', {id: 'unit-6', attempt: 'again'}));
    await pane.run(pressScript, {args: ['unit-7', 'first', 'z']});
    await until(() => pane.typed().endsWith('z'));
    expect(pane.typed()).toBe('one\nx\nx\nx\nx\ny\nz');
  });

  it('refuses the pod of another session', async () => {
    const pane = await terminal();
    const result = await pane.run(typeScript, {...call('x'), guard: `${SESSION}-2`});
    expect(result).toMatchObject({exitCode: 93});
    expect(result.stderr.toString()).toBe('gc:other\n');
  });
});

describe('press', () => {
  it('presses keys by their names, and leaves copy mode first', async () => {
    const pane = await terminal();
    pane.tmux('copy-mode', '-t', 'main');
    await press(pane.place, ['a', 'Space', 'b;', ';', 'Up', 'C-c', '-x', 'Enter']);
    await until(() => pane.typed().endsWith('\n'));
    expect(pane.typed()).toBe('a b;;\u001b[A\u0003-x\n');
  });

  it('presses once, although it was sent again', async () => {
    const pane = await terminal();
    await pane.run(pressScript, {args: ['unit-4', 'first', 'a']});
    const again = await pane.run(pressScript, {args: ['unit-4', 'again', 'a']});
    expect(again.exitCode).toBe(0);
    await pane.run(pressScript, {args: ['unit-5', 'again', 'b', 'Enter']});
    await until(() => pane.typed().endsWith('\n'));
    expect(pane.typed()).toBe('ab\n');
  });

  it('says what tmux refuses', async () => {
    const pane = await terminal();
    await expect(press(pane.place, ['x'.repeat(20_000)])).rejects.toBeInstanceOf(PodCommandError);
  });

  it('does nothing without a session', async () => {
    await expect(press(withoutSession().place, ['Enter'])).resolves.toBeUndefined();
  });
});

import {describe, expect, it} from 'vitest';
import {terminalCommand} from '../../src/tmux/terminal-command.ts';

/** As gc quotes a word (Go's shellquote: quotes are closed, escaped and opened again). */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
const sent = (...words: string[]) => words.map(quoted).join(' ');

describe('a text that gc types', () => {
  it.each([
    ...['hello', '', 'Enter', '-x', 'a;', ';', '$(touch x)', '`id`', '"q" \\ \\n', "it's", "''"],
    ...['two\nlines\n', ' spaces ', 'é 日本 🎉', '-l', '--', 'tmux send-keys', '#{pane_id}'],
  ])('%j is typed', text => {
    const command = sent('tmux', 'send-keys', '-t', 'main', '-l', text);
    expect(terminalCommand(command)).toEqual({kind: 'type', text});
    expect(terminalCommand(`${command}\n`)).toEqual({kind: 'type', text});
  });

  it('is recognised without quotes where none are needed', () => {
    expect(terminalCommand('tmux send-keys -t main -l hello')).toEqual({
      kind: 'type',
      text: 'hello',
    });
  });

  it.each(["'", 'x', '-', "\\'", '; ', '$(', "'\\''"])('of 200 KB of %j takes no time', piece => {
    const text = piece.repeat(200_000 / piece.length);
    const command = sent('tmux', 'send-keys', '-t', 'main', '-l', text);
    expect(terminalCommand(command)).toEqual({kind: 'type', text});
  });
});

describe('a word of 12 MB', () => {
  const half = 6_000_000;
  it.each([
    ['plain', 'x'.repeat(2 * half), 'x'.repeat(2 * half)],
    ['in quotes', quoted('x'.repeat(2 * half)), 'x'.repeat(2 * half)],
    ['of quoted pieces', "'x'".repeat(half / 2), 'x'.repeat(half / 2)],
    ['of escaped quotes', "\\'".repeat(half), "'".repeat(half)],
  ])('is taken as well: %s', (_, word, text) => {
    const form = terminalCommand(`'tmux' 'send-keys' '-t' 'main' '-l' ${word}`);
    expect(form?.kind === 'type' && form.text === text).toBe(true);
  });
});

describe('keys that gc presses', () => {
  it.each([[['Enter']], [['C-c']], [['Down', 'Down', 'Enter']], [['Enter', '-x']], [['a;']]])(
    '%j are pressed',
    keys => {
      const command = sent('tmux', 'send-keys', '-t', 'main', ...keys);
      expect(terminalCommand(command)).toEqual({kind: 'press', keys});
    },
  );
});

describe('a shell’s', () => {
  it.each([
    '',
    ' ',
    'ls',
    "'tmux'",
    "'tmux' 'send-keys'",
    "'tmux' 'send-keys' '-t' 'main'",
    "'tmux' 'send-keys' '-t' 'other' 'Enter'",
    "'tmux' 'send-keys' '-t' 'main' '-l'",
    "'tmux' 'send-keys' '-t' 'main' '-l' 'a' 'b'",
    "'tmux' 'send-keys' '-t' 'main' '-R'",
    "'tmux' 'send-keys' '-X' '-t' 'main' 'cancel'",
    "'tmux' 'capture-pane' '-t' 'main' '-p'",
    "'tmux' 'send-keys' '-t' 'main' 'Enter'; reboot",
    "'tmux' 'send-keys' '-t' 'main' 'Enter' && x",
    "'tmux' 'send-keys' '-t' 'main' 'Enter' | cat",
    "'tmux' 'send-keys' '-t' 'main' 'Enter' >x",
    "'tmux' 'send-keys' '-t' 'main' 'Enter'\n'tmux' 'kill-server'",
    "'tmux' 'send-keys' '-t' 'main' 'Enter' &",
    "'tmux' 'send-keys' '-t' 'main' '-l' $x",
    "'tmux' 'send-keys' '-t' 'main' '-l' \"x\"",
    "'tmux' 'send-keys' '-t' 'main' '-l' `x`",
    "'tmux' 'send-keys' '-t' 'main' '-l' 'open",
    "'tmux' 'send-keys' '-t' 'main' '-l' a\\b",
    "'tmux' 'send-keys' '-t' 'main' '-l' ~",
    "'tmux' 'send-keys' '-t' 'main' '-l' *",
    "TMUX= 'tmux' 'send-keys' '-t' 'main' 'Enter'",
    "# 'tmux' 'send-keys' '-t' 'main' 'Enter'",
    "'tmux' 'send-keys' '-t' 'main' Enter#",
    "/usr/bin/tmux 'send-keys' '-t' 'main' 'Enter'",
  ])('is %j', command => {
    expect(terminalCommand(command)).toBeUndefined();
  });

  it('is 200 KB of nearly the form, found out in no time', () => {
    const start = "'tmux' 'send-keys' '-t' 'main' '-l' ";
    for (const piece of ['x', "'a'", "\\'", "'a' ", 'a ']) {
      expect(terminalCommand(`${start}${piece.repeat(200_000 / piece.length)}"`)).toBeUndefined();
    }
  });
});

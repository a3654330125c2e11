import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import type {Readable} from 'node:stream';
import type {ExecCall, ExecResult, TerminalSize} from '../exec/call.ts';
import {refusal} from '../exec/call.ts';
import type {Inside} from './enter.ts';
import {drain, nsenterWords, outcome, textOf} from './enter.ts';
import type {FifoPool} from './fifo-pool.ts';
import {exitCode} from './exit-code.ts';
import type {Sandbox} from './sandbox.ts';

const noScript =
  'a terminal needs the program `script` (apt-get install bsdutils, dnf install util-linux-script, apk add util-linux-misc)';

/** Runs a command in a container on a new terminal, which util-linux's `script` creates: Node cannot. */
export async function enterWithTerminal(
  sandbox: Sandbox,
  fifos: FifoPool,
  inside: Inside,
  call: ExecCall,
): Promise<ExecResult> {
  const {script} = sandbox.tools;
  if (script === undefined) return {status: refusal(noScript)};
  const [stdin, stdout] = await Promise.all([fifos.input(), fifos.output()]);
  const terminal = new Terminal(sandbox, inside);
  call.onResize(size => terminal.resize(size));
  const [program = '', ...words] = [
    ...nsenterWords(sandbox, inside),
    ...[script, '--quiet', '--flush', '--return', '--echo=always'],
    ...['--command', commandLine(inside, call.command, terminal.size), '/dev/null'],
  ];
  // enter.sh reports about `script` on descriptor 3, not about the command.
  const nowhere = openSync('/dev/null', 'w');
  const child = spawn(program, words, {
    // `script` passes its command to $SHELL.
    env: {TERM: 'xterm', ...inside.environment, SHELL: sandbox.tools.sh},
    cwd: '/',
    detached: true,
    stdio: [stdin.childEnd, stdout.childEnd, stdout.childEnd, nowhere, 'pipe'],
  });
  const ended = new Promise<number>(resolve => {
    child.once('exit', (code, signal) => resolve(exitCode(code, signal)));
    child.once('error', () => resolve(126));
  });
  for (const end of [nowhere, stdin.childEnd]) closeSync(end);
  closeSync(stdout.childEnd);
  const report = textOf(child.stdio[4] as Readable, text => terminal.opened(text));
  void type(call.stdin, stdin.stream);
  const [code] = await Promise.all([ended, drain(stdout.stream, call.stdout)]);
  stdin.stream.destroy();
  return outcome(code, await report, call.command[0] ?? '');
}

/** The shell command for `script`: writes the terminal's name to descriptor 4, then execs the command. */
function commandLine(
  {environment: {SHELL}}: Inside,
  command: readonly string[],
  size: TerminalSize | undefined,
): string {
  const [file = ''] = command;
  return [
    size === undefined ? '' : `stty ${sizeWords(size).join(' ')}`,
    'tty >&4',
    SHELL === undefined ? 'unset SHELL' : `SHELL=${quoted(SHELL)}`,
    `command -v ${quoted(file)} >/dev/null || { echo not-found >&4; exit 128; }`,
    'echo ready >&4',
    `exec ${command.map(quoted).join(' ')} 4>&-`,
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function sizeWords({rows, columns}: TerminalSize): string[] {
  return ['rows', rows.toString(), 'cols', columns.toString()];
}

/** Forwards the client's input; its end is not forwarded, because a terminal has no half-close. */
async function type(keys: ExecCall['stdin'], terminal: NodeJS.WritableStream): Promise<void> {
  terminal.on('error', () => terminal.end());
  for await (const piece of keys) {
    await new Promise<void>(resolve => terminal.write(piece, () => resolve()));
  }
}

/** A terminal in a container; it can be resized once its name is known. */
class Terminal {
  readonly #sandbox: Sandbox;
  readonly #inside: Inside;
  size: TerminalSize | undefined;
  #name: string | undefined;
  #resizing = Promise.resolve();

  constructor(sandbox: Sandbox, inside: Inside) {
    this.#sandbox = sandbox;
    this.#inside = inside;
  }

  /** Called with the output on descriptor 4 so far. */
  opened(text: string): void {
    const name = /^(\/dev\/pts\/\d+)\n/.exec(text)?.[1];
    if (name === undefined || this.#name !== undefined) return;
    this.#name = name;
    if (this.size !== undefined) this.resize(this.size);
  }

  resize(size: TerminalSize): void {
    this.size = size;
    if (this.#name === undefined) return;
    // One after the other, so that the last size wins.
    this.#resizing = this.#resizing.then(() => this.#apply(size));
  }

  async #apply(size: TerminalSize): Promise<void> {
    if (this.size !== size || this.#name === undefined) return;
    const [program = '', ...words] = [
      ...nsenterWords(this.#sandbox, this.#inside),
      ...['stty', '-F', this.#name, ...sizeWords(size)],
    ];
    const env = this.#inside.environment;
    const child = spawn(program, words, {env, cwd: '/', stdio: 'ignore'});
    // Fails on a terminal that has just been closed.
    await new Promise<void>(resolve => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
  }
}

import {spawn} from 'node:child_process';
import {closeSync} from 'node:fs';
import type {Socket} from 'node:net';
import type {Readable} from 'node:stream';
import type {ExecCall, ExecResult} from '../exec/call.ts';
import {startError} from '../exec/start-error.ts';
import type {FifoPool} from './fifo-pool.ts';
import {exitCode} from './exit-code.ts';
import {enterWords} from './launch.ts';
import type {Identity, Sandbox} from './sandbox.ts';

/** A running container, as an exec enters it. */
export interface Inside {
  readonly pid: number;
  readonly identity: Identity;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

/** Runs a command in a running container, with pipes for its streams, until it ends or the signal aborts. */
export async function enterWithPipes(
  sandbox: Sandbox,
  fifos: FifoPool,
  inside: Inside,
  call: Pick<ExecCall, 'command' | 'stdin' | 'stdout' | 'stderr' | 'signal'>,
): Promise<ExecResult> {
  const [file = ''] = call.command;
  if (file === '') return startError('exec failed: args must not be empty');
  const [stdin, stdout, stderr] = await Promise.all([
    fifos.input(),
    fifos.output(),
    fifos.output(),
  ]);
  const ends = [stdin.childEnd, stdout.childEnd, stderr.childEnd];
  const [program = '', ...words] = [...nsenterWords(sandbox, inside), ...call.command];
  const child = spawn(program, words, {
    env: inside.environment,
    cwd: '/',
    detached: true,
    stdio: [...ends, 'pipe'],
  });
  const ended = new Promise<number>(resolve => {
    child.once('exit', (code, signal) => resolve(exitCode(code, signal)));
    child.once('error', () => resolve(126));
  });
  for (const end of ends) closeSync(end);
  const report = textOf(child.stdio[3] as Readable);
  const end = (): boolean => child.kill('SIGKILL');
  call.signal.addEventListener('abort', end);
  void feed(call.stdin, stdin.stream);
  // Like containerd: input ends once every process has closed one of the outputs, and the exec is answered
  // once they have closed both. (nsenter holds both until the command itself ends.)
  const closeInput = (): unknown => stdin.stream.destroy();
  const [code] = await Promise.all([
    ended,
    drain(stdout.stream, call.stdout).finally(closeInput),
    drain(stderr.stream, call.stderr).finally(closeInput),
  ]);
  call.signal.removeEventListener('abort', end);
  return outcome(code, await report, file);
}

/** The command prefix that enters the container. */
export function nsenterWords({tools, kind}: Sandbox, inside: Inside): string[] {
  const sandbox = {tools, kind};
  return [
    ...[tools.nsenter, `--target=${inside.pid}`, '--mount', '--uts', '--ipc', '--pid'],
    ...(kind === 'user' ? ['--user', '--preserve-credentials'] : []),
    '--',
    // A session leader, as with runc: `kill -- -$$` must find its group.
    tools.setsid,
    ...enterWords(sandbox, inside.identity, inside.workingDirectory),
  ];
}

/** The result of an exec, by its exit code and the report of enter.sh. */
export function outcome(code: number, report: string, file: string): ExecResult {
  if (report.endsWith('ready\n')) return code;
  const start = 'exec failed: unable to start container process';
  if (report.endsWith('not-found\n')) {
    const why = file.includes('/')
      ? `stat ${file}: no such file or directory`
      : 'executable file not found in $PATH';
    return startError(`${start}: exec: ${JSON.stringify(file)}: ${why}`);
  }
  return startError(`${start}: ${report.trim() || 'the container ended'}`);
}

/** Reads a stream to its end; also calls back with the text so far after each chunk. */
export async function textOf(
  stream: Readable,
  onText: (text: string) => void = () => undefined,
): Promise<string> {
  let text = '';
  for await (const piece of stream) {
    text += String(piece);
    onText(text);
  }
  return text;
}

/** Forwards the client's input, chunk by chunk, and its end. */
export async function feed(pieces: AsyncIterable<Buffer>, stdin: Socket): Promise<void> {
  // The command may close its stdin early; unread input is not an error.
  stdin.on('error', () => stdin.destroy());
  for await (const piece of pieces) {
    if (stdin.destroyed) return;
    await new Promise<void>(resolve => {
      stdin.once('close', resolve);
      stdin.write(piece, () => {
        stdin.off('close', resolve);
        resolve();
      });
    });
  }
  stdin.destroy();
}

export async function drain(
  stream: Readable,
  send: (piece: Buffer) => Promise<void>,
): Promise<void> {
  for await (const piece of stream) if (Buffer.isBuffer(piece)) await send(piece);
}

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants} from 'node:os';
import type {Readable, Writable} from 'node:stream';
import type {ExecCall, ExecHandler, ExecResult} from './call.ts';
import {startError} from './start-error.ts';

export interface ProcessEnvironment {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Runs each exec as a process of this machine, in its pod's directory and environment. There is no tty:
 * the command always gets pipes.
 */
export function localProcesses(placeOf: (call: ExecCall) => ProcessEnvironment): ExecHandler {
  return async call => {
    const [file = '', ...rest] = call.command;
    if (file === '') return startError('exec failed: args must not be empty');
    const {directory, environment} = placeOf(call);
    const child = spawn(file, rest, {
      cwd: directory,
      env: environment,
      // In its own process group, so that all of it can be killed with the container.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close');
    const failed = new Promise<Error>(resolve => child.once('error', resolve));
    const end = (): void => killGroup(child.pid);
    call.signal.addEventListener('abort', end, {once: true});
    try {
      void feed(call.stdin, child.stdin);
      const [outcome] = await Promise.all([
        Promise.race([closed, failed]),
        drain(child.stdout, call.stdout),
        drain(child.stderr, call.stderr),
      ]);
      return resultOf(outcome, file);
    } finally {
      call.signal.removeEventListener('abort', end);
    }
  };
}

function resultOf(outcome: Error | unknown[], file: string): ExecResult {
  if (outcome instanceof Error) {
    const why = file.includes('/')
      ? `stat ${file}: no such file or directory`
      : 'executable file not found in $PATH';
    return startError(
      `exec failed: unable to start container process: exec: ${JSON.stringify(file)}: ${why}`,
    );
  }
  const [code, signal] = outcome;
  if (typeof code === 'number') return code;
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
  return 128 + (number ?? 9);
}

async function feed(pieces: AsyncIterable<Buffer>, stdin: Writable): Promise<void> {
  // The command may close its stdin early; unread input is not an error.
  stdin.on('error', () => stdin.destroy());
  for await (const piece of pieces) {
    await new Promise<void>(resolve => stdin.write(piece, () => resolve()));
  }
  stdin.end();
}

async function drain(stream: Readable, send: (piece: Buffer) => Promise<void>): Promise<void> {
  for await (const piece of stream) {
    if (Buffer.isBuffer(piece)) await send(piece);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

import type {ChildProcessByStdio} from 'node:child_process';
import {spawn} from 'node:child_process';
import type {Readable, Writable} from 'node:stream';
import {whileRuns} from '../../kit/while-runs.ts';

/** How a call ended. */
export interface Ran {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly bytes: Buffer;
  /** stdout as text. */
  readonly stdout: string;
  readonly stderr: string;
  /** From its start until its stdout and stderr were closed. */
  readonly ms: number;
}

export interface CallOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer;
  /** gc's patience; then SIGINT to the process group, and SIGKILL 2 s later. */
  readonly deadlineMs: number;
}

/** A call under way. */
export interface Running {
  readonly done: Promise<Ran>;
  readonly pid: number;
  /** To the whole process group, as gc sends it. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Calls back with all of stdout so far whenever there is more. */
  readonly onOutput: (listener: (text: string) => void) => void;
  /** Waits until all of stdout so far is as wanted, and gives it; raises when it ends before. */
  readonly says: (isWanted: (text: string) => boolean) => Promise<string>;
}

/** How long gc waits between its SIGINT and its SIGKILL. */
const KILL_AFTER_MS = 2000;

/** Runs an executable as gc does: in a process group of its own, waiting for its streams to close. */
export function launch(file: string, args: readonly string[], options: CallOptions): Running {
  const startMs = performance.now();
  const child = spawn(file, [...args], {
    detached: true,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  const signal = (name: NodeJS.Signals) => signalGroup(pid, name);
  const timers = [
    setTimeout(() => signal('SIGINT'), options.deadlineMs),
    setTimeout(() => signal('SIGKILL'), options.deadlineMs + KILL_AFTER_MS),
  ];
  const stdout: Buffer[] = [];
  const listeners: ((text: string) => void)[] = [];
  child.stdout.on('data', (piece: Buffer) => {
    stdout.push(piece);
    for (const listener of listeners) listener(Buffer.concat(stdout).toString());
  });
  const done = ended(child, {stdout, startMs}).finally(() => timers.forEach(clearTimeout));
  // A call that reads no stdin closes it under our hands.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const said = (isWanted: (text: string) => boolean) =>
    new Promise<string>(resolve => {
      const look = (text: string) => {
        if (isWanted(text)) resolve(text);
      };
      listeners.push(look);
      look(Buffer.concat(stdout).toString());
    });
  return {
    ...{done, pid, signal},
    onOutput: listener => void listeners.push(listener),
    says: isWanted => whileRuns(done, said(isWanted)),
  };
}

function ended(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  {stdout, startMs}: {stdout: Buffer[]; startMs: number},
): Promise<Ran> {
  const stderr: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      const bytes = Buffer.concat(stdout);
      const ms = performance.now() - startMs;
      resolve({
        code,
        bytes,
        stdout: bytes.toString(),
        stderr: Buffer.concat(stderr).toString(),
        ms,
      });
    });
  });
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {resolve} from 'node:path';
import type {Readable} from 'node:stream';
import {whileRuns} from '../kit/while-runs.ts';

export const EXECUTABLE = resolve('dist/gc-session-k8s');

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer;
  /** gc's: then SIGINT to the group, and SIGKILL 2 s later. */
  readonly deadlineMs?: number;
  readonly executable?: string;
  /** Runs the executable with this Node rather than by its first line. */
  readonly node?: string | undefined;
  readonly cwd?: string;
  /** Reads stdout as late as this says. */
  readonly readWhen?: Promise<unknown>;
}

/** Runs an operation as gc does, in a process group of its own. */
export function begin(args: readonly string[], options: RunOptions) {
  const {executable = EXECUTABLE, node, env, cwd, stdin = '', readWhen} = options;
  const [file, words] = node === undefined ? [executable, args] : [node, [executable, ...args]];
  const child = spawn(file, words, {
    env,
    detached: true,
    stdio: 'pipe',
    ...(cwd === undefined ? {} : {cwd}),
  });
  const interrupt = (signal: NodeJS.Signals = 'SIGINT') => {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (child.pid !== undefined && !hasEnded) process.kill(-child.pid, signal);
  };
  const deadline = setTimeout(interrupt, options.deadlineMs ?? 30_000);
  const kill = setTimeout(() => interrupt('SIGKILL'), (options.deadlineMs ?? 30_000) + 2_000);
  // An operation that wants no stdin leaves it unread.
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(stdin);
  const end = async (): Promise<Ended> => {
    try {
      const [[code, signal], stdout, stderr] = await Promise.all([
        once(child, 'close') as Promise<[number | null, string | null]>,
        (readWhen ?? Promise.resolve()).then(() => all(child.stdout)),
        all(child.stderr),
      ]);
      return {code, signal, stdout, stderr: stderr.toString()};
    } finally {
      clearTimeout(deadline);
      clearTimeout(kill);
    }
  };
  const ended = end();
  return {child, interrupt, ended, says: listener(child.stdout, ended)};
}

/** Waits until what it said on stdout, since this was asked first, is as wanted, and gives all of that. */
function listener(stdout: Readable, ended: Promise<Ended>) {
  const pieces: Buffer[] = [];
  let isHearing = false;
  return (wanted: RegExp): Promise<string> => {
    if (!isHearing) stdout.on('data', (piece: Buffer) => pieces.push(piece));
    isHearing = true;
    const said = new Promise<string>(resolve => {
      const look = () => {
        const heard = Buffer.concat(pieces).toString();
        if (wanted.test(heard)) resolve(heard);
      };
      stdout.on('data', look);
      look();
    });
    return whileRuns(ended, said);
  };
}

export const run = (args: readonly string[], options: RunOptions): Promise<Ended> =>
  begin(args, options).ended;

async function all(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** What gc sees of it: `0 text` or `1 | stderr`. */
export const summary = ({code, stdout, stderr}: Ended): string =>
  `${code ?? 'killed'} ${stdout.toString()}${stderr === '' ? '' : `| ${stderr}`}`;

/** The one line that a failing operation writes. */
export const ONE_LINE = /^[^\n]+\n$/;

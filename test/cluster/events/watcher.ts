import {spawn} from 'node:child_process';
import type {ReadEvidence} from '../../events/model/checker.ts';
import {until, type Saw} from '../kit/poll.ts';
import {EXECUTABLE, type Ground} from './kit.ts';

/** A `watch` under way. */
export interface Watcher extends ReadEvidence {
  readonly pid: number;
  /** Its lines so far. */
  readonly lines: string[];
  /** When each of them came, by `performance.now()`. */
  readonly cameMs: number[];
  /** What it wrote on stderr so far. */
  readonly complaints: () => string;
  /** Waits until it gave the number, or more. */
  readonly reach: (seq: number, timeoutMs?: number) => Promise<void>;
  /** Sends the signal and waits for the end; gives the exit code, or the signal's name. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | string | null>;
}

const started = new Set<Watcher>();

/** Starts `watch <afterSeq>`. */
export function startWatcher({env}: Ground, name: string, afterSeq = 0): Watcher {
  const child = spawn(EXECUTABLE, ['watch', String(afterSeq)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const cameMs: number[] = [];
  let complaints = '';
  let rest: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => (complaints += piece.toString()));
  child.stdout.on('data', (piece: Buffer) => {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      lines.push(Buffer.concat([...rest, piece.subarray(from, end)]).toString());
      cameMs.push(performance.now());
      rest = [];
      from = end + 1;
    }
    if (from < piece.length) rest.push(piece.subarray(from));
  });
  const ended = new Promise<number | string | null>(resolve => {
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  const watcher: Watcher = {
    ...{name, afterSeq, lines, cameMs, pid: child.pid ?? 0, complaints: () => complaints},
    reach: async (seq, timeoutMs = 90_000) => {
      const isThere = (saw: Saw) => saw({last: lastOf(lines), complaints}).last >= seq;
      await until(`${name} gives ${seq}`, isThere, {timeoutMs, everyMs: 20});
    },
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      started.delete(watcher);
      return ended;
    },
  };
  started.add(watcher);
  return watcher;
}

/** Ends the watchers that a failed test left behind. */
export async function stopWatchers(): Promise<void> {
  await Promise.all([...started].map(watcher => watcher.stop('SIGKILL')));
}

function lastOf(lines: readonly string[]): number {
  const last = lines.at(-1);
  return last === undefined ? 0 : (JSON.parse(last) as {seq: number}).seq;
}

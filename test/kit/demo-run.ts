import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {randomUUID} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, onTestFinished} from 'vitest';

export interface DemoOptions {
  /** Over the test's own environment; undefined takes a variable away. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where gc-dev-cluster and the two protocol executables are; dist/ unless given. */
  readonly executables?: string;
  /** The words before its own; `gc-dev-cluster demo` unless given. */
  readonly command?: readonly [file: string, ...words: string[]];
  /** Where it has its temporary files; a directory of its own unless given. */
  readonly temporary?: string;
}

export interface DemoEnd {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A demo under way, in a pipe. */
export interface DemoRun {
  readonly pid: number;
  readonly done: Promise<DemoEnd>;
  readonly temporary: string;
  /** Resolves once these words are in its output; raises with all of it when it ends before. */
  readonly says: (words: string) => Promise<void>;
  /** Reads its output no more. */
  readonly closeOutput: () => void;
  /** Those of its processes that are alive, what it started included. */
  readonly processes: () => number[];
}

/** Starts `gc-dev-cluster demo` with these words. */
export function beginDemo(args: readonly string[], options: DemoOptions = {}): DemoRun {
  const {env = {}, executables = resolve('dist'), temporary = ownDirectory()} = options;
  const mark = randomUUID();
  const {command: [file, ...words] = [join(executables, 'gc-dev-cluster'), 'demo']} = options;
  const child = spawn(file, [...words, ...args], {
    // Node 20 takes 60 ms more for every call where this is set.
    env: {...process.env, NODE_EXTRA_CA_CERTS: undefined, ...env, TMPDIR: temporary, [MARK]: mark},
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const done = Promise.all([closed, text(child.stderr)]).then(([[code], stderr]): DemoEnd => ({
    code,
    stdout,
    stderr,
  }));
  return {
    pid: child.pid ?? 0,
    done,
    temporary,
    says: words =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (stdout.includes(words)) resolve();
        };
        child.stdout.on('data', look);
        look();
        done.then(({stderr}) => reject(new Error(`no "${words}": ${stdout}${stderr}`)), reject);
      }),
    closeOutput: () => void child.stdout.destroy(),
    processes: () => processesWith(`${MARK}=${mark}`),
  };
}

/** Presses Ctrl-C once the demo has said these words; gives its end. */
export async function interruptedAt(demo: DemoRun, words: string): Promise<DemoEnd> {
  await demo.says(words);
  process.kill(demo.pid, 'SIGINT');
  return demo.done;
}

/** That it told everything there is to tell, in plain text and without a complaint. */
export function expectStory({code, stdout, stderr}: DemoEnd): void {
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/│ ❯ where are you\? .*│ ❯ what is your work\? .*│ ❯ make a file/);
  expect(stdout).toContain('event #5 session.crashed rig/polecat-1');
  expect(stdout).not.toContain('\u001b');
}

/** A shell line of which a kept demo's exports are the beginning. */
export function withExports(stdout: string, line: string): string {
  const exports = stdout.split('\n').filter(each => each.startsWith('export '));
  return [...exports, line].join('\n');
}

const MARK = 'GC_DEMO_TEST';

function ownDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'gc-demo-test-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  return path;
}

/** The titles of the steps that came to a good end, in order. */
export const stepsDone = ({stdout}: DemoEnd): string[] =>
  [...stdout.matchAll(/^ok ([^:]+):/gm)].map(([, title]) => title ?? '');

/** Processes whose environment holds this variable: all that were started with it, and their own. */
function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => environmentOf(pid).includes(mark));
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch (error) {
    const gone = ['ENOENT', 'ESRCH', 'EACCES'];
    if (error instanceof Error && 'code' in error && gone.includes(String(error.code))) return [];
    throw error;
  }
}

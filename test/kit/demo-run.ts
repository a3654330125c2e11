import {randomUUID} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {onTestFinished} from 'vitest';
import {launch, type Ran, type Running} from '../cluster/kit/process.ts';

const EXECUTABLE = resolve('dist/gc-dev-cluster');

/** A demo under way, in a pipe. */
export interface DemoRun extends Running {
  /** The directory that it has for its temporary files. */
  readonly temporary: string;
  /** Resolves once this is in its output; raises with all of it when it ends before. */
  readonly says: (words: string | RegExp) => Promise<void>;
  /** The demo's processes that are alive, and those that they started and that were not put into a pod. */
  readonly processes: () => number[];
}

/** Starts `gc-dev-cluster demo` with these words; `env` comes over the test's own environment. */
export function beginDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): DemoRun {
  const temporary = mkdtempSync(join(tmpdir(), 'gc-demo-test-'));
  onTestFinished(() => rmSync(temporary, {recursive: true, force: true}));
  const mark = `GC_DEMO_TEST=${randomUUID()}`;
  const [name = '', value = ''] = mark.split('=');
  const whole = {...process.env, ...env, TMPDIR: temporary, [name]: value};
  const given = Object.entries(whole).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, text] as const],
  );
  const running = launch(EXECUTABLE, ['demo', ...args], {
    env: Object.fromEntries(given),
    deadlineMs: 300_000,
  });
  return {
    ...running,
    temporary,
    says: words => said(running, words),
    processes: () => processesWith(mark),
  };
}

function said(running: Running, words: string | RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    running.onOutput(text => {
      if (typeof words === 'string' ? text.includes(words) : words.test(text)) resolve();
    });
    running.done.then(
      ({stdout, stderr}) => reject(new Error(`never said ${words}: ${stdout}${stderr}`)),
      reject,
    );
  });
}

/** The titles of the steps that came to a good end, in order. */
export const stepsDone = ({stdout}: Ran): string[] =>
  [...stdout.matchAll(/^ok ([^:]+):/gm)].map(([, title]) => title ?? '');

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

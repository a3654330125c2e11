import {spawn, type ChildProcess} from 'node:child_process';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {text} from 'node:stream/consumers';
import {PodCommandError} from '../src/errors.ts';

export type Executable = 'gc-session-k8s' | 'gc-events-k8s';

/** gc's time limits; after them it sends SIGINT to the process group, and SIGKILL 2 s later. */
const START_BUDGET_MS = 120_000;
const BUDGET_MS = 30_000;
const KILL_AFTER_MS = 2_000;

/** A call that runs until it is ended. */
export interface Following {
  /** Interrupts it as gc does, and waits for its end. */
  readonly end: () => Promise<void>;
}

export interface Follower {
  readonly onLine: (line: string) => void;
  /** Called with a message when it ends by itself. */
  readonly onEnd: (why: string) => void;
}

/**
 * Calls the two executables as gc calls them: one process per operation, in a process group of its
 * own, without a shell.
 */
export class Gc {
  readonly #directory: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal;
  readonly #running = new Map<ChildProcess, Promise<string>>();
  #isClosed = false;

  /** @param options.signal interrupts every call under way, as gc does when it is interrupted itself */
  constructor(options: {directory: string; env: NodeJS.ProcessEnv; signal: AbortSignal}) {
    this.#directory = options.directory;
    this.#env = options.env;
    this.#signal = options.signal;
  }

  /** Returns the operation's output; raises PodCommandError with its error line on failure. */
  async call(program: Executable, words: readonly string[], stdin = ''): Promise<string> {
    this.#signal.throwIfAborted();
    const {child, ended} = this.#spawn(program, words);
    const budgetMs = words[0] === 'start' ? START_BUDGET_MS : BUDGET_MS;
    const interrupt = () => interruptGroup(child);
    const timer = setTimeout(interrupt, budgetMs);
    this.#signal.addEventListener('abort', interrupt, {once: true});
    // An operation without stdin leaves it unread.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(stdin);
    try {
      const [stdout, stderr, how] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        ended,
      ]);
      if (how === 'exit code 0') return stdout;
      this.#signal.throwIfAborted();
      throw new PodCommandError(`${program} ${stderr.trim() === '' ? how : stderr.trim()}`);
    } finally {
      clearTimeout(timer);
      this.#signal.removeEventListener('abort', interrupt);
    }
  }

  /** Runs a call that prints lines until it is ended. */
  follow(program: Executable, words: readonly string[], {onLine, onEnd}: Follower): Following {
    const {child, ended} = this.#spawn(program, words);
    let isWanted = true;
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end();
    createInterface({input: child.stdout}).on('line', onLine);
    const told = Promise.all([text(child.stderr), ended]).then(([stderr, how]) => {
      if (isWanted) onEnd(`${program} ${words.join(' ')}: ${stderr.trim() || how}`);
    });
    return {
      end: () => {
        isWanted = false;
        interruptGroup(child);
        return told;
      },
    };
  }

  /** Interrupts every running call, and waits for its end; later ones fail without being begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#running].map(([child, ended]) => {
        interruptGroup(child);
        return ended;
      }),
    );
  }

  #spawn(program: Executable, words: readonly string[]) {
    if (this.#isClosed) {
      throw new Error(`${program} ${words.join(' ')}: not begun, the demo is ending`);
    }
    const child = spawn(join(this.#directory, program), words, {
      env: this.#env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = ending(child);
    this.#running.set(child, ended);
    void ended.then(() => this.#running.delete(child));
    return {child, ended};
  }
}

/** Resolves to how a process ended, once its streams are closed. Call it right after spawning. */
function ending(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('close', () => resolve(howEnded(child)));
  });
}

function howEnded({exitCode, signalCode}: ChildProcess): string {
  return signalCode === null ? `exit code ${exitCode ?? 'unknown'}` : `ended by ${signalCode}`;
}

/** Like gc: sends SIGINT, and SIGKILL to what is left 2 s later. */
function interruptGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGINT');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {GcOptions, Playground} from './playground.ts';
import {until} from './poll.ts';

/** A user's terminal with `attach` in it, by script(1) of util-linux. */
export interface Terminal {
  /** All that was shown on it so far. */
  readonly shown: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** To `attach` itself, not to the terminal. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Its exit code, and whether the terminal's modes are what they were. */
  readonly ended: Promise<{code: number; isRestored: boolean}>;
  /** Takes the terminal away, whatever still runs on it. */
  readonly close: () => void;
}

/**
 * Runs around `attach`, and notes the terminal's name, its modes before and after, and exit code. Ctrl-C is
 * for attach alone.
 */
const FRAME = `
exec 2>&1
trap : INT
tty >"$1/tty"; stty cols 100 rows 30; stty -g >"$1/before"
(trap : INT; sh -c 'echo $$ >"$0/pid"; exec "$@"' "$1" "$2" attach "$3")
echo $? >"$1/code"; stty -g >"$1/after"
`;

let count = 0;

export async function openTerminal(
  ground: Playground,
  session: string,
  {env = {}}: GcOptions = {},
): Promise<Terminal> {
  const directory = join(ground.directory, `terminal-${++count}`);
  mkdirSync(directory);
  const frame = join(directory, 'frame.sh');
  writeFileSync(frame, FRAME);
  const words = ['sh', frame, directory, ground.executable, session];
  const command = words.map(word => `'${word}'`).join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // script and stty are the user's; what attach finds is the same Node.
    env: {...ground.env, ...env, PATH: process.env.PATH ?? '', TERM: 'xterm-256color'},
  });
  let shown = '';
  child.stdout.on('data', (piece: Buffer) => (shown += piece.toString()));
  const closed = new Promise<void>(resolve => child.on('close', () => resolve()));
  const note = (name: string) => readFileSync(join(directory, name), 'utf8').trim();
  const terminal = async () => {
    await until('the terminal is there', () => existsSync(join(directory, 'pid')));
    return note('tty');
  };
  const tty = await terminal();
  await until('attach runs', () => note('pid') !== '');
  return {
    shown: () => shown,
    type: keys => void child.stdin.write(keys),
    resize: async (columns, rows) => {
      const stty = spawn('stty', ['-F', tty, 'cols', String(columns), 'rows', String(rows)]);
      await new Promise(resolve => stty.on('close', resolve));
    },
    signal: name => void process.kill(Number(note('pid')), name),
    close: () => void child.kill(),
    ended: closed.then(() => {
      // It was taken away before attach had ended.
      if (!existsSync(join(directory, 'after'))) return {code: -1, isRestored: false};
      return {code: Number(note('code')), isRestored: note('before') === note('after')};
    }),
  };
}

import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {until} from '../cluster/kit/poll.ts';
import {temporaryDirectory} from './temporary-directory.ts';

/** A person's terminal, by a tmux of the test's own. */
export interface Screen {
  /** What is on it, without colours. */
  readonly text: () => string;
  /** Waits until this is on it; gives all of it. */
  readonly shows: (wanted: RegExp) => Promise<string>;
  readonly press: (key: string) => void;
}

/** Opens a terminal of this size and runs a shell command on it. */
export function openScreen(
  size: {columns: number; rows: number},
  command: string,
  env: NodeJS.ProcessEnv,
): Screen {
  const socket = join(temporaryDirectory(), 'tmux');
  const tmux = (...words: string[]) =>
    execFileSync('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...words], {
      env: {...process.env, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env},
      encoding: 'utf8',
    });
  tmux('new-session', '-d', '-x', String(size.columns), '-y', String(size.rows), command);
  onTestFinished(() => void tmux('kill-server'));
  const text = () => tmux('capture-pane', '-p');
  return {
    text,
    shows: wanted =>
      until(
        String(wanted),
        saw => {
          const now = saw(text());
          return wanted.test(now) && now;
        },
        {timeoutMs: 120_000},
      ),
    press: key => void tmux('send-keys', key),
  };
}

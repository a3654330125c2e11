import {describe, expect, it} from 'vitest';
import {PodExecError} from '../../src/errors.ts';
import type {ExecRequest, ExecResult} from '../../src/kube/cluster.ts';
import {Deadline} from '../../src/time/deadline.ts';
import {watchPane} from '../../src/tmux/watch-pane.ts';
import {terminal, until, withoutSession} from '../kit/terminal.ts';

const contentOf = (line: string | undefined) =>
  (JSON.parse(line ?? '{}') as {content?: string}).content;

/** As prelude.sh ends when there is no session any more. */
const ABSENT: ExecResult = {exitCode: 93, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0)};

const noting = (lines: string[]) => (line: string) => {
  lines.push(line);
  return Promise.resolve();
};

describe('watchPane', () => {
  it('gives the pane at once, then each change, until the session ends', async () => {
    const pane = await terminal();
    const lines: string[] = [];
    const watched = watchPane(pane.place, noting(lines));
    await until(() => lines.length === 1);
    expect(lines[0]).toBe('{"content":"ready"}\n');
    pane.tmux('respawn-pane', '-k', '-t', 'main', `printf 'été "q"\\n\\n  x'; exec cat`);
    await until(() => contentOf(lines.at(-1)) === 'été "q"\n\n  x');
    pane.tmux('kill-session', '-t', 'main');
    await watched;
    for (const line of lines) expect(line).toMatch(/^[^\n]*\n$/);
  });

  it('gives an empty pane, too', async () => {
    const pane = await terminal('exec cat');
    const lines: string[] = [];
    const watched = watchPane(pane.place, noting(lines));
    await until(() => lines.length === 1);
    expect(lines).toEqual(['{"content":""}\n']);
    pane.tmux('kill-session', '-t', 'main');
    await watched;
  });

  it('never gives a line over 64 KiB, and keeps the end of what is longer', async () => {
    const pane = await terminal();
    pane.tmux('resize-window', '-t', 'main', '-x', '500', '-y', '250');
    const fill = `for i in $(seq 1 240); do printf '%0480d\\n' $i; done; printf last; exec cat`;
    pane.tmux('respawn-pane', '-k', '-t', 'main', fill);
    const lines: string[] = [];
    const watched = watchPane(pane.place, noting(lines));
    await until(() => contentOf(lines.at(-1))?.endsWith('last') === true);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(64 * 1024);
    expect(Buffer.byteLength(lines.at(-1) ?? '')).toBeGreaterThan(32 * 1024);
    pane.tmux('kill-session', '-t', 'main');
    await watched;
  });

  it('prints nothing without a session', async () => {
    const lines: string[] = [];
    await watchPane(withoutSession().place, noting(lines));
    expect(lines).toEqual([]);
  });

  it('begins anew with each connection: half a screen of one that broke is not the next one’s', async () => {
    const pane = withoutSession();
    const broke = new PodExecError('broke', {mayHaveRun: true});
    const tries = [
      {said: ['half a scr'], ends: () => Promise.reject<ExecResult>(broke)},
      {said: ['a screen\n\u001e\n'], word: 'gc:absent\n', ends: () => Promise.resolve(ABSENT)},
    ];
    const exec = async ({onAccepted, onStdout, onStderr}: ExecRequest) => {
      const next = tries.shift();
      onAccepted?.();
      for (const piece of next?.said ?? []) onStdout?.(Buffer.from(piece));
      // Another pod of the session, which is asked after this one, there is not.
      onStderr?.(Buffer.from(next ? (next.word ?? '') : 'gc:absent\n'));
      return next?.ends() ?? ABSENT;
    };
    const lines: string[] = [];
    const cluster = {...pane.place.cluster, exec};
    await watchPane({...pane.place, cluster}, noting(lines));
    expect(lines.map(contentOf)).toEqual(['a screen']);
  });

  it('ends in the pod when nobody listens any more', async () => {
    const pane = await terminal();
    const listener = new AbortController();
    const deadline = new Deadline(Infinity, {parent: listener.signal});
    const lines: string[] = [];
    const watched = watchPane({...pane.place, deadline}, noting(lines));
    await until(() => lines.length === 1);
    listener.abort(new Error('gone'));
    // Its stdin closes, and the loop's end closes its output: only then is the exec over.
    await watched.catch(() => undefined);
  });
});

import {expect, vi} from 'vitest';
import {openScreen, type Screen} from '../kit/tmux-screen.ts';
import type {City} from './city.ts';
import {EXECUTABLE} from './program.ts';

/** `attach mayor` on a person's terminal, which says "ended" and the exit code when it is over. */
export function attachOn({env}: City): Screen {
  const command = `'${EXECUTABLE}' attach mayor; echo "ended $?"; exec sleep 1000`;
  return openScreen({columns: 300, rows: 24}, command, env);
}

/** Attaches, and detaches once the terminal is there. */
export async function attachAndLeave(own: City): Promise<void> {
  const screen = attachOn(own);
  await screen.shows(/attached/);
  // A key is lost that is pressed just when the connection breaks.
  const isOver = () => {
    screen.press('q');
    return screen.text().includes('ended');
  };
  await vi.waitUntil(isOver, {timeout: 90_000, interval: 100});
  expect(screen.text()).toContain('ended 0');
}

/** Watches until a screen has come; each line is whole, however the connection broke. */
export async function watchOnce(own: City): Promise<void> {
  const {says, interrupt, ended} = own.begin('watch-startup mayor');
  await says(/\n/);
  interrupt('SIGKILL');
  const {stdout, stderr} = await ended;
  expect([stdout.toString(), stderr]).toEqual([
    expect.stringMatching(/^(\{"content":"a screen"\}\n)+$/),
    '',
  ]);
}

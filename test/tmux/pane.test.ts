import {spawn} from 'node:child_process';
import {describe, expect, it, onTestFinished} from 'vitest';
import {capture, clearHistory, hasClients, hasTerminal, lastActivity} from '../../src/tmux/pane.ts';
import {terminal, until, withoutSession, type Terminal} from '../kit/terminal.ts';

/** A pane that has printed its lines 1 to `last`. */
async function counting(last: number): Promise<Terminal> {
  const pane = await terminal(`seq 1 ${last}; exec cat`);
  await until(() => pane.tmux('capture-pane', '-p', '-t', 'main').includes(`${last}\n`));
  return pane;
}

describe('capture', () => {
  it('gives the last lines that were written, without the empty ones below', async () => {
    const pane = await counting(30);
    expect(await capture(pane.place, 3)).toBe('28\n29\n30\n');
    expect((await capture(pane.place, 100))?.split('\n')).toHaveLength(31);
  });

  it.each([0, -5, 3e9, 2 ** 63])('gives the whole scrollback for %i', async lines => {
    const pane = await counting(500);
    const numbers = Array.from({length: 500}, (_, at) => `${at + 1}\n`);
    expect(await capture(pane.place, lines)).toBe(numbers.join(''));
  });

  it('gives more lines than the screen has', async () => {
    const pane = await counting(500);
    expect((await capture(pane.place, 300))?.split('\n', 1)).toEqual(['201']);
  });

  it('gives text as it is, in UTF-8', async () => {
    const pane = await terminal(`printf 'été 日本\\n'; exec cat`);
    await until(async () => (await capture(pane.place, 1)) === 'été 日本\n');
  });

  it('gives an empty text for an empty screen, nothing without a session', async () => {
    const pane = await terminal('exec cat');
    expect(await capture(pane.place, 50)).toBe('');
    expect(await capture(withoutSession().place, 50)).toBeUndefined();
  });
});

describe('clearHistory', () => {
  it('forgets what scrolled away', async () => {
    const pane = await counting(500);
    await clearHistory(pane.place);
    expect(await capture(pane.place, 0)).not.toContain('\n100\n');
    expect(await capture(pane.place, 1)).toBe('500\n');
  });

  it('is fine without a session', async () => {
    await expect(clearHistory(withoutSession().place)).resolves.toBeUndefined();
  });
});

describe('lastActivity', () => {
  it('is the time of the last output, in seconds', async () => {
    const begun = Math.floor(Date.now() / 1000);
    const pane = await counting(3);
    const seconds = await lastActivity(pane.place);
    expect(seconds).toBeGreaterThanOrEqual(begun);
    expect(seconds).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('moves on while the pane prints and nobody is attached', async () => {
    const pane = await terminal('while :; do echo x; sleep 0.2; done');
    const before = (await lastActivity(pane.place)) ?? Infinity;
    await until(async () => ((await lastActivity(pane.place)) ?? 0) > before);
  });

  it('is undefined without a session', async () => {
    expect(await lastActivity(withoutSession().place)).toBeUndefined();
  });
});

describe('hasClients', () => {
  it('is true only while a terminal is attached', async () => {
    const pane = await terminal();
    expect(await hasClients(pane.place)).toBe(false);
    // In control mode a client needs no terminal of its own.
    const client = spawn('tmux', ['-C', 'attach-session', '-t', 'main'], {env: pane.environment});
    onTestFinished(() => void client.kill());
    await until(() => hasClients(pane.place));
    client.stdin.end('detach-client\n');
    await until(async () => !(await hasClients(pane.place)));
  });

  it('is false without a session', async () => {
    expect(await hasClients(withoutSession().place)).toBe(false);
  });
});

describe('hasTerminal', () => {
  it('is true while there is a session main', async () => {
    const pane = await terminal();
    expect(await hasTerminal(pane.place, 'mayor')).toBe(true);
    pane.tmux('rename-session', '-t', 'main', 'mainframe');
    expect(await hasTerminal(pane.place, 'mayor')).toBe(false);
  });
});

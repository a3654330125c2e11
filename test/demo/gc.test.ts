import {chmodSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it, onTestFinished, vi} from 'vitest';
import {Gc} from '../../demo/gc.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

/** A gc whose session executable is this shell script. */
function gcWith(script: string) {
  const directory = temporaryDirectory();
  const file = join(directory, 'gc-session-k8s');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  const controller = new AbortController();
  const env = {PATH: process.env.PATH ?? '', NOTES: join(directory, 'notes')};
  const gc = new Gc({directory, env, signal: controller.signal});
  onTestFinished(() => gc.close());
  const notes = () => readFileSync(env.NOTES, 'utf8');
  const noted = () => vi.waitUntil(() => attemptRead(env.NOTES), {timeout: 30_000});
  return {gc, controller, notes, noted};
}

function attemptRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not yet written.
    return undefined;
  }
}

it('hands over words and stdin, and gives stdout', async () => {
  const {gc} = gcWith('echo "$1|$2"; cat');
  expect(await gc.call('gc-session-k8s', ['nudge', 'rig/polecat-1'], 'hello')).toBe(
    'nudge|rig/polecat-1\nhello',
  );
});

it('says what the executable said when it fails, or how it ended', async () => {
  const failing = gcWith('echo "start mayor: no image" >&2; exit 1').gc;
  await expect(failing.call('gc-session-k8s', ['start', 'mayor'])).rejects.toThrow(
    'gc-session-k8s start mayor: no image',
  );
  const silent = gcWith('exit 2').gc;
  await expect(silent.call('gc-session-k8s', ['fly', 'mayor'])).rejects.toThrow(
    'gc-session-k8s exit code 2',
  );
});

it('says so when there is no such executable', async () => {
  const {gc} = gcWith('');
  await expect(gc.call('gc-events-k8s', ['list'])).rejects.toThrow('ENOENT');
});

it('interrupts a call as gc does, and fails with the reason', async () => {
  const {gc, controller, notes, noted} = gcWith(
    `trap 'echo interrupted >>"$NOTES"; exit 1' INT; echo began >"$NOTES"; while :; do sleep 0.1; done`,
  );
  const call = gc.call('gc-session-k8s', ['start', 'mayor']);
  await noted();
  controller.abort(new Error('Ctrl-C'));
  await expect(call).rejects.toThrow('Ctrl-C');
  expect(notes()).toBe('began\ninterrupted\n');
});

it('kills what does not end when it is interrupted, with all of its group', async () => {
  const {gc, controller, noted} = gcWith(
    `trap : INT; sleep 1000 & echo $! >"$NOTES"; while :; do sleep 0.1; done`,
  );
  const call = gc.call('gc-session-k8s', ['start', 'mayor']);
  const sleeper = Number(await noted());
  controller.abort(new Error('Ctrl-C'));
  await expect(call).rejects.toThrow('Ctrl-C');
  await vi.waitUntil(() => !runs(sleeper), {timeout: 30_000});
});

/** A process that ended may stay in the table for as long as nobody asks for its exit code. */
function runs(id: number): boolean {
  const stat = attemptRead(`/proc/${id}/stat`);
  return stat !== undefined && !stat.includes(') Z');
}

it('hands on lines until it is ended', async () => {
  const {gc, noted} = gcWith(`echo one; echo two; echo began >"$NOTES"; exec sleep 1000`);
  const lines: string[] = [];
  const ends: string[] = [];
  const following = gc.follow('gc-session-k8s', ['watch-startup', 'mayor'], {
    onLine: line => void lines.push(line),
    onEnd: why => void ends.push(why),
  });
  await noted();
  await vi.waitUntil(() => lines.length === 2);
  await following.end();
  expect(lines).toEqual(['one', 'two']);
  expect(ends).toEqual([]);
});

it('tells why lines ended that nobody ended', async () => {
  const {gc} = gcWith(`echo 'watch: no such pod' >&2; exit 1`);
  const why = await new Promise(onEnd => {
    gc.follow('gc-session-k8s', ['watch-startup', 'mayor'], {onLine: () => undefined, onEnd});
  });
  expect(why).toBe('gc-session-k8s watch-startup mayor: watch: no such pod');
});

it('begins nothing once it is closed: a step that goes on beside one that failed would leave it behind', async () => {
  const {gc, notes} = gcWith('echo began >"$NOTES"');
  await gc.close();
  const follower = {onLine: () => undefined, onEnd: () => undefined};
  expect(() => gc.follow('gc-session-k8s', ['watch-startup', 'mayor'], follower)).toThrow(
    'gc-session-k8s watch-startup mayor: not begun, the demo is ending',
  );
  await expect(gc.call('gc-session-k8s', ['nudge', 'mayor'])).rejects.toThrow('the demo is ending');
  expect(notes).toThrow('ENOENT');
});

import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {delimiter, join, resolve} from 'node:path';
import type {RecordEvidence} from '../../events/model/checker.ts';
import {launch} from '../kit/process.ts';
import type {Ground} from './kit.ts';

const SHELL_RECORD = resolve(import.meta.dirname, 'shell-record.sh');

/** When to kill a call of `record`, in milliseconds after its start; undefined: never. */
export type KillAfter = () => number | undefined;

/** Records one event under a marker of its own and says what became of it. */
export async function recordOnce(
  ground: Ground,
  marker: string,
  killAfterMs?: number,
): Promise<RecordEvidence> {
  const text = eventText(marker);
  const startedMs = performance.now();
  const running = ground.launch(['record'], text);
  const kill =
    killAfterMs === undefined
      ? undefined
      : setTimeout(() => running.signal('SIGKILL'), killAfterMs);
  const {code, stderr} = await running.done;
  clearTimeout(kill);
  if (code !== 0 && code !== null) console.log(`${marker}: ${stderr}`);
  const isUnsure = code === null || stderr.includes('may have been');
  const outcome = code === 0 ? 'acknowledged' : isUnsure ? 'unknown' : 'failed';
  return {marker, outcome, startedMs, endedMs: performance.now(), text, isShell: false};
}

/** One after the other, like an agent that has much to tell. */
export async function recordMany(
  ground: Ground,
  name: string,
  count: number,
  killAfter: KillAfter = () => undefined,
): Promise<RecordEvidence[]> {
  const records: RecordEvidence[] = [];
  for (let n = 0; n < count; n += 1) {
    records.push(await recordOnce(ground, `${name}-${n}`, killAfter()));
  }
  return records;
}

/** What the shell provider needs: kubectl by $KUBECTL or PATH, and jq. */
export interface ShellTools {
  readonly kubectl: string;
  readonly jq: string;
}

/** The tools, or what is missing. On CI nothing may be missing: raises then. */
export function findShellTools(): ShellTools | string {
  const kubectl = process.env.KUBECTL ?? onPath('kubectl');
  const jq = onPath('jq');
  if (kubectl !== undefined && jq !== undefined) return {kubectl, jq};
  const missing = [kubectl === undefined && 'kubectl ($KUBECTL)', jq === undefined && 'jq'];
  const reason = `the shell provider's stand-in needs ${missing.filter(Boolean).join(' and ')}`;
  if (process.env.CI) throw new Error(reason);
  return reason;
}

/** The same by the stand-in for Gas City's shell provider, as often as it is told. */
export async function recordByShell(
  ground: Ground,
  {kubectl, jq}: ShellTools,
  name: string,
  {count, killAfter = () => undefined}: {count: number; killAfter?: KillAfter},
): Promise<RecordEvidence[]> {
  const env = {...ground.env, PATH: process.env.PATH ?? '', KUBECTL: kubectl, JQ: jq};
  const records: RecordEvidence[] = [];
  for (let n = 0; n < count; n += 1) {
    const marker = `${name}-${n}`;
    const text = eventText(marker);
    const startedMs = performance.now();
    const running = launch('/bin/bash', [SHELL_RECORD], {env, stdin: text, deadlineMs: 30_000});
    const killAfterMs = killAfter();
    const kill =
      killAfterMs === undefined
        ? undefined
        : setTimeout(() => running.signal('SIGKILL'), killAfterMs);
    const {code} = await running.done;
    clearTimeout(kill);
    // What fails after it took its number was refused by a void, or may be on its way.
    const outcome = code === 0 ? 'acknowledged' : code === 3 ? 'failed' : 'unknown';
    records.push({marker, outcome, startedMs, endedMs: performance.now(), text, isShell: true});
  }
  return records;
}

/** With `"seq":0` in front and a time, so that only the number is changed. */
export function eventText(marker: string): string {
  const time = '2026-11-21T06:00:00.123456789+01:00';
  return JSON.stringify({seq: 0, type: 'test.told', ts: time, actor: 'test', subject: marker});
}

function onPath(name: string): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = directories.map(directory => join(directory, name)).find(existsSync);
  if (found === undefined) return undefined;
  execFileSync(found, name === 'jq' ? ['--version'] : ['version', '--client']);
  return found;
}

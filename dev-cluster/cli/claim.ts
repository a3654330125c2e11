import {execFileSync} from 'node:child_process';
import {closeSync, openSync, readFileSync, rmSync, writeSync} from 'node:fs';
import {isObject, numberAt, stringAt} from '../json.ts';
import {replaceFile} from '../store/state-file.ts';
import {hasCode} from './errno.ts';
import type {Place} from './place.ts';

/** Who holds a place. Without a url it is only coming up. */
export interface Claim {
  readonly pid: number;
  /** When that process began, in the system's own words: a pid alone may be another's by now. */
  readonly began: string;
  readonly url?: string;
  readonly token?: string;
  readonly authority?: string;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
}

/** The process that holds the place; undefined when none does, or the one that did is dead. */
export function holderOf({claim}: Place): Claim | undefined {
  const text = readIfThere(claim);
  if (text === undefined) return undefined;
  const read = parsed(text);
  const pid = numberAt(read, 'pid');
  const began = stringAt(read, 'began');
  if (pid === undefined || began === undefined || beginningOf(pid) !== began) return undefined;
  const [url, token, authority] = ['url', 'token', 'authority'].map(key => stringAt(read, key));
  const startedAt = numberAt(read, 'startedAt');
  return {
    pid,
    began,
    ...(url === undefined || token === undefined ? {} : {url, token}),
    ...(authority === undefined ? {} : {authority}),
    ...(startedAt === undefined ? {} : {startedAt}),
  };
}

/** Takes the place for this process; false when a living one holds it. */
export function claim(place: Place): boolean {
  const own = JSON.stringify({pid: process.pid, began: beginningOf(process.pid) ?? ''});
  for (;;) {
    try {
      const descriptor = openSync(place.claim, 'wx', 0o600);
      writeSync(descriptor, own);
      closeSync(descriptor);
      return true;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    if (holderOf(place) !== undefined) return false;
    rmSync(place.claim, {force: true});
  }
}

/** Adds to this process's claim how the cluster is reached. */
export function announce(
  place: Place,
  cluster: {readonly url: string; readonly token: string; readonly authority: string | undefined},
): void {
  const {url, token, authority} = cluster;
  const began = beginningOf(process.pid) ?? '';
  const all = {pid: process.pid, began, url, token, authority, startedAt: Date.now()};
  replaceFile(place.claim, `${JSON.stringify(all)}\n`);
}

/** Something that differs between two processes of one pid; undefined when there is no such process, or it is dead. */
function beginningOf(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // Fields 3 and 22, counted after the name in parentheses, which may hold spaces (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Dead, and nobody has asked how it ended.
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  if (process.platform === 'linux') return undefined;
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', pid.toString()], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch (error) {
    if (isObject(error) && error.status === 1) return undefined;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

/** A claim that was being written when its process died is nobody's. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

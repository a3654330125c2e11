import {execFileSync} from 'node:child_process';
import {closeSync, openSync, readFileSync, rmSync, writeSync} from 'node:fs';
import {isObject, numberAt, stringAt} from '../json.ts';
import {replaceFile} from '../store/state-file.ts';
import {hasCode} from './errno.ts';
import type {ClusterLocation} from './cluster-location.ts';

/** The content of a cluster's lock file. Without a url the cluster is still starting. */
export interface ClusterLock {
  readonly pid: number;
  /** The start time of that process, as the system reports it: pids are reused. */
  readonly began: string;
  readonly url?: string;
  readonly token?: string;
  readonly authority?: string;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
}

/** The process that holds the lock; undefined when there is none, or it is dead. */
export function lockHolder({lockFile}: ClusterLocation): ClusterLock | undefined {
  const text = readIfThere(lockFile);
  if (text === undefined) return undefined;
  const read = parsed(text);
  const pid = numberAt(read, 'pid');
  const began = stringAt(read, 'began');
  if (pid === undefined || began === undefined || startTimeOf(pid) !== began) return undefined;
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

/** Creates the lock file for this process; false when a live process holds it. */
export function acquireLock(location: ClusterLocation): boolean {
  const own = JSON.stringify({pid: process.pid, began: startTimeOf(process.pid) ?? ''});
  for (;;) {
    try {
      const descriptor = openSync(location.lockFile, 'wx', 0o600);
      writeSync(descriptor, own);
      closeSync(descriptor);
      return true;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    if (lockHolder(location) !== undefined) return false;
    rmSync(location.lockFile, {force: true});
  }
}

/** Adds the cluster's url and credentials to this process's lock file. */
export function writeAddress(
  location: ClusterLocation,
  cluster: {readonly url: string; readonly token: string; readonly authority: string | undefined},
): void {
  const {url, token, authority} = cluster;
  const began = startTimeOf(process.pid) ?? '';
  const all = {pid: process.pid, began, url, token, authority, startedAt: Date.now()};
  replaceFile(location.lockFile, `${JSON.stringify(all)}\n`);
}

/** The start time of a process, which tells apart two processes with the same pid; undefined when it is not alive. */
function startTimeOf(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // Fields 3 and 22, counted after the name in parentheses, which may hold spaces (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie: dead, but not reaped yet.
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

/** Undefined for a lock file whose process died while writing it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

import {readFileSync} from 'node:fs';

/** The start time of a process in clock ticks since boot; undefined when there is no such process. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may contain anything: split after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' ? undefined : fields[19];
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOENT', 'ESRCH'].includes(String(error.code))
    )
      return undefined;
    throw error;
  }
}

/** True if this is still the same process: pids are reused, but not with the same start time. */
export function isMe(pid: number, start: string): boolean {
  return start !== '' && startOf(pid) === start;
}

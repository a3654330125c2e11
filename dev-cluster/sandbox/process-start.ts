import {readFileSync} from 'node:fs';

/** When a process started, in the kernel's ticks since boot; undefined when there is none. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything: count from its end.
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

/** Is this still the process that had this start? Numbers are given again, a start is not. */
export function isMe(pid: number, start: string): boolean {
  return start !== '' && startOf(pid) === start;
}

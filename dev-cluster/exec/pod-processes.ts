import {readFileSync, readdirSync} from 'node:fs';

/** The variable by which processes of a pod are known, also those that left their parent. */
export const podMark = 'GC_DEV_CLUSTER_POD';

/**
 * Kills what a pod's commands left behind (a tmux server, say): it has no parent here any more, but
 * still the variable.
 */
export function killPodProcesses(uid: string): void {
  if (uid !== '') killProcessesWith(podMark, uid);
}

/** Kills every process of ours that was started with this variable. Only where there is a /proc. */
export function killProcessesWith(variable: string, value: string): void {
  for (const pid of processIds()) {
    if (pid !== process.pid && hasMark(pid, `${variable}=${value}`)) kill(pid);
  }
}

function processIds(): number[] {
  return (
    attempt(() =>
      readdirSync('/proc')
        .filter(name => /^\d+$/.test(name))
        .map(Number),
    ) ?? []
  );
}

function hasMark(pid: number, mark: string): boolean {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
  return environment?.split('\0').includes(mark) === true;
}

function kill(pid: number): void {
  attempt(() => process.kill(pid, 'SIGKILL'));
}

/** Undefined when the process ended meanwhile, is another user's, or there is no /proc. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    const expected = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL'];
    if (error instanceof Error && 'code' in error && expected.includes(String(error.code))) {
      return undefined;
    }
    throw error;
  }
}

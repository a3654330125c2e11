import {readFileSync, readdirSync} from 'node:fs';

/** The environment variable that identifies processes of a pod, including detached ones. */
export const podMark = 'GC_DEV_CLUSTER_POD';

/** Kills what a pod's commands left behind, such as a tmux server, which is no longer a child process. */
export function killPodProcesses(uid: string): void {
  if (uid !== '') killProcessesWith(podMark, uid);
}

/** Kills every process of this user that was started with this variable. Only works with a /proc. */
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

/** Undefined when the process has ended or belongs to another user, or there is no /proc. */
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

import {rmSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {StateDirectory} from '../sandbox/state-directory.ts';
import {lockHolder} from './lock-file.ts';
import {hasCode} from './errno.ts';
import type {ClusterLocation} from './cluster-location.ts';

const patienceMilliseconds = 60_000;

/**
 * Stops the cluster at this location and waits until it is gone; if none is running, removes what a killed
 * one left behind. True when one was running. Raises when it does not end within a minute.
 */
export async function down(location: ClusterLocation): Promise<boolean> {
  const holder = lockHolder(location);
  if (holder === undefined) {
    // Opening it ends and removes what killed clusters left behind.
    (await StateDirectory.open()).remove();
    clear(location);
    return false;
  }
  try {
    process.kill(holder.pid, 'SIGTERM');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
  const end = Date.now() + patienceMilliseconds;
  while (lockHolder(location)?.pid === holder.pid) {
    if (Date.now() > end) {
      throw new Error(
        `process ${holder.pid} was told to stop and still runs; end it with \`kill -9 ${holder.pid}\`, then run \`gc-dev-cluster down\` again`,
      );
    }
    await sleep(20);
  }
  clear(location);
  return true;
}

function clear(location: ClusterLocation): void {
  rmSync(location.lockFile, {force: true});
  if (!location.isKept) rmSync(location.directory, {recursive: true, force: true});
}

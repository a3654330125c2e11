import {rmSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {StateDirectory} from '../sandbox/state-directory.ts';
import {holderOf} from './claim.ts';
import {hasCode} from './errno.ts';
import type {Place} from './place.ts';

const patienceMilliseconds = 60_000;

/**
 * Ends the cluster of this place and waits until it is gone; without one, clears away what a killed
 * one left. True when one was running. Raises when it does not end within a minute.
 */
export async function down(place: Place): Promise<boolean> {
  const holder = holderOf(place);
  if (holder === undefined) {
    // Looks for what killed clusters left, and ends it.
    (await StateDirectory.open()).remove();
    clear(place);
    return false;
  }
  try {
    process.kill(holder.pid, 'SIGTERM');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
  const end = Date.now() + patienceMilliseconds;
  while (holderOf(place)?.pid === holder.pid) {
    if (Date.now() > end) {
      throw new Error(
        `process ${holder.pid} was told to stop and still runs; end it with \`kill -9 ${holder.pid}\`, then run \`gc-dev-cluster down\` again`,
      );
    }
    await sleep(20);
  }
  clear(place);
  return true;
}

function clear(place: Place): void {
  rmSync(place.claim, {force: true});
  if (!place.isKept) rmSync(place.directory, {recursive: true, force: true});
}

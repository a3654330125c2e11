import {holderOf} from './claim.ts';
import type {Place} from './place.ts';

/** What `status` says. */
export function statusText(place: Place): {readonly isUp: boolean; readonly text: string} {
  const holder = holderOf(place);
  if (holder === undefined) return {isUp: false, text: 'not running\n'};
  if (holder.url === undefined) {
    return {isUp: false, text: `coming up (process ${holder.pid})\n`};
  }
  const since = new Date(holder.startedAt ?? Date.now()).toISOString();
  const lines = [
    `up: ${holder.url} (process ${holder.pid}, since ${since})`,
    `kubeconfig: ${place.kubeconfig}`,
    `state: ${place.isKept ? place.directory : 'in memory'}`,
  ];
  return {isUp: true, text: `${lines.join('\n')}\n`};
}

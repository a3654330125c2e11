import {lockHolder} from './lock-file.ts';
import type {ClusterLocation} from './cluster-location.ts';

/** What `status` says. */
export function statusText(location: ClusterLocation): {
  readonly isUp: boolean;
  readonly text: string;
} {
  const holder = lockHolder(location);
  if (holder === undefined) return {isUp: false, text: 'not running\n'};
  if (holder.url === undefined) {
    return {isUp: false, text: `coming up (process ${holder.pid})\n`};
  }
  const since = new Date(holder.startedAt ?? Date.now()).toISOString();
  const lines = [
    `up: ${holder.url} (process ${holder.pid}, since ${since})`,
    `kubeconfig: ${location.kubeconfig}`,
    `state: ${location.isKept ? location.directory : 'in memory'}`,
  ];
  return {isUp: true, text: `${lines.join('\n')}\n`};
}

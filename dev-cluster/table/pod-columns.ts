import type {JsonObject} from '../json.ts';
import {numberAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Column} from './column.ts';
import {age} from './column.ts';
import {sinceText} from './duration.ts';

const none = '<none>';

export const podColumns: readonly Column[] = [
  {
    name: 'Ready',
    cell: pod => `${readyCount(pod)}/${objectsAt(pod, 'spec', 'containers').length}`,
  },
  {name: 'Status', cell: podStatus},
  {name: 'Restarts', cell: restarts},
  age,
  {name: 'IP', wide: true, cell: pod => stringAt(pod, 'status', 'podIP') ?? none},
  {name: 'Node', wide: true, cell: pod => stringAt(pod, 'spec', 'nodeName') ?? none},
  {name: 'Nominated Node', wide: true, cell: () => none},
  {name: 'Readiness Gates', wide: true, cell: () => none},
];

function readyCount(pod: ApiObject): number {
  return objectsAt(pod, 'status', 'containerStatuses').filter(each => each.ready === true).length;
}

/** The STATUS column: the phase, unless a container's state or the deletion is more specific. */
function podStatus(pod: ApiObject): string {
  const phase = stringAt(pod, 'status', 'reason') ?? stringAt(pod, 'status', 'phase') ?? 'Unknown';
  const initial = initStatus(pod);
  const own = initial ?? containerStatus(pod) ?? phase;
  if (pod.metadata.deletionTimestamp === undefined) return own;
  const isLost = stringAt(pod, 'status', 'reason') === 'NodeLost';
  if (isLost) return 'Unknown';
  return ['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase') ?? '')
    ? own
    : 'Terminating';
}

function initStatus(pod: ApiObject): string | undefined {
  const statuses = objectsAt(pod, 'status', 'initContainerStatuses');
  for (const [at, status] of statuses.entries()) {
    if (numberAt(status, 'state', 'terminated', 'exitCode') === 0) continue;
    const ended = endedText(status);
    if (ended !== undefined) return `Init:${ended}`;
    const waiting = stringAt(status, 'state', 'waiting', 'reason');
    if (waiting !== undefined && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${at}/${objectsAt(pod, 'spec', 'initContainers').length}`;
  }
  return undefined;
}

function containerStatus(pod: ApiObject): string | undefined {
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  let found: string | undefined;
  for (const status of statuses.toReversed()) {
    const waiting = stringAt(status, 'state', 'waiting', 'reason');
    found = waiting ?? endedText(status) ?? found;
  }
  const isAlive = statuses.some(status => status.ready === true);
  return found === 'Completed' && isAlive ? 'Running' : found;
}

function endedText(status: JsonObject): string | undefined {
  const reason = stringAt(status, 'state', 'terminated', 'reason');
  if (reason !== undefined && reason !== '') return reason;
  const signal = numberAt(status, 'state', 'terminated', 'signal') ?? 0;
  if (signal !== 0) return `Signal:${signal}`;
  const code = numberAt(status, 'state', 'terminated', 'exitCode');
  return code === undefined ? undefined : `ExitCode:${code}`;
}

function restarts(pod: ApiObject): string {
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  const count = statuses.reduce((sum, each) => sum + (numberAt(each, 'restartCount') ?? 0), 0);
  const last = statuses
    .map(each => stringAt(each, 'lastState', 'terminated', 'finishedAt') ?? '')
    .toSorted()
    .at(-1);
  return last === undefined || last === '' ? count.toString() : `${count} (${sinceText(last)} ago)`;
}

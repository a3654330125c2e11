import type {Cluster, CoreEvent} from '../kube/cluster.ts';
import {KEEPER_CONTAINER} from '../pod/labels.ts';
import {withEnd} from './deleted-pod.ts';
import type {EndReason, Run} from './run.ts';

/** Reasons of the events that the cluster writes when it removes a pod. */
const BY_EVENT: Readonly<Record<string, EndReason>> = {
  TaintManagerEviction: 'evicted',
  Evicted: 'evicted',
  Preempted: 'preempted',
  NodeNotReady: 'node_lost',
  // Our own stop, cancel and prune record the end themselves.
  Killing: 'deleted',
};

/** How long an operation of gc that deletes a pod may take to write the record. */
const OWN_WRITE_MS = 30_000;

/** The end of a run whose pod disappeared, from the cluster's events, which are kept for an hour. */
export async function inferEnd(cluster: Cluster, run: Run): Promise<Run> {
  const events: CoreEvent[] = [];
  const fieldSelector = `involvedObject.name=${run.pod}`;
  for await (const page of cluster.events.list({fieldSelector})) {
    events.push(...page.items.filter(event => isAbout(event, run)));
  }
  const cause = Object.keys(BY_EVENT).flatMap(reason =>
    events.filter(event => event.reason === reason && !isOfKeeper(event)),
  )[0];
  const atMs = timeOf(cause) ?? Math.max(...events.map(event => timeOf(event) ?? 0));
  return withEnd(run, {
    reason: BY_EVENT[cause?.reason ?? ''] ?? 'unknown',
    clusterMessage: cause?.reason === 'Killing' ? undefined : cause?.message,
    atMs: atMs > 0 ? atMs : cluster.serverTimeMs(),
  });
}

/** True when an operation of ours may still be about to record the end of the run. */
export function mayStillBeRecorded({reason, endedAt}: Run, nowMs: number): boolean {
  return reason === 'deleted' && nowMs - Date.parse(endedAt ?? '') < OWN_WRITE_MS;
}

/** The keeper outlives the agent: its end shows nothing about the agent's. */
function isOfKeeper({reason, message}: CoreEvent): boolean {
  return reason === 'Killing' && message === `Stopping container ${KEEPER_CONTAINER}`;
}

/** The taint manager's events have no uid: then the event must be newer than the pod. */
function isAbout(event: CoreEvent, {id, createdAt}: Run): boolean {
  const {uid = ''} = event.involvedObject ?? {};
  if (uid !== '') return uid === id;
  return (timeOf(event) ?? 0) >= Date.parse(createdAt ?? '');
}

function timeOf(event: CoreEvent | undefined): number | undefined {
  const time = event?.lastTimestamp ?? event?.eventTime ?? event?.metadata.creationTimestamp;
  return time === undefined ? undefined : Date.parse(time);
}

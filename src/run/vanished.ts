import type {Cluster, CoreEvent} from '../kube/cluster.ts';
import {over} from './gone.ts';
import type {EndReason, Run} from './run.ts';

/** Reasons of the events that the cluster writes about a pod it takes away. */
const BY_EVENT: Readonly<Record<string, EndReason>> = {
  TaintManagerEviction: 'evicted',
  Evicted: 'evicted',
  Preempted: 'preempted',
  NodeNotReady: 'node_lost',
  // Every stop, cancel and prune of ours writes the end into the record itself.
  Killing: 'deleted',
};

/** An operation of gc's that deletes a pod has so long to write the record. */
const OUR_OWN_MS = 30_000;

/**
 * The end of a run whose pod went while nobody looked: the cluster's events tell why, for the hour
 * that they are kept.
 */
export async function runOfVanished(cluster: Cluster, run: Run): Promise<Run> {
  const events: CoreEvent[] = [];
  const fieldSelector = `involvedObject.name=${run.pod}`;
  for await (const page of cluster.events.list({fieldSelector})) {
    events.push(...page.items.filter(event => isAbout(event, run)));
  }
  const telling = Object.keys(BY_EVENT).flatMap(reason =>
    events.filter(event => event.reason === reason),
  )[0];
  const atMs = timeOf(telling) ?? Math.max(...events.map(event => timeOf(event) ?? 0));
  return over(run, {
    reason: BY_EVENT[telling?.reason ?? ''] ?? 'unknown',
    words: telling?.reason === 'Killing' ? undefined : telling?.message,
    atMs: atMs > 0 ? atMs : cluster.serverTimeMs(),
  });
}

/** True for the end of a run that an operation of ours may still be about to write down. */
export function mayBeOurs({reason, endedAt}: Run, nowMs: number): boolean {
  return reason === 'deleted' && nowMs - Date.parse(endedAt ?? '') < OUR_OWN_MS;
}

/** The taint manager names no uid: then the event must be younger than the pod. */
function isAbout(event: CoreEvent, {id, createdAt}: Run): boolean {
  const {uid = ''} = event.involvedObject ?? {};
  if (uid !== '') return uid === id;
  return (timeOf(event) ?? 0) >= Date.parse(createdAt ?? '');
}

function timeOf(event: CoreEvent | undefined): number | undefined {
  const time = event?.lastTimestamp ?? event?.eventTime ?? event?.metadata.creationTimestamp;
  return time === undefined ? undefined : Date.parse(time);
}

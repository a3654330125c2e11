import {isKubeFailure} from '../../errors.ts';
import type {Cluster, CoreEvent, Pod} from '../../kube/cluster.ts';
import type {LogLine} from '../../kube/pod-log.ts';
import {runOfPod} from '../../run/run-of-pod.ts';

/** Words with which programs begin to complain; whole words, so that `error_count=0` is none. */
const COMPLAINT =
  /\b(error|fatal|panic|exception|traceback|critical|denied|refused|segfault|segmentation fault|out of memory|cannot|unable to|failed|failure|killed)\b/i;

/** Sayings that only look like one. */
const HARMLESS = /\b(0|no|without) (errors?|failures?|failed)\b/i;

/** True for a line that reads like the report of a failure. */
export function isComplaint(text: string): boolean {
  return COMPLAINT.test(text) && !HARMLESS.test(text);
}

/** What the cluster has to say against a pod, oldest first: its Warning events, and how its run ended. */
export async function clusterComplaints(
  cluster: Cluster,
  pod: Pod,
  warn: (text: string) => void,
): Promise<LogLine[]> {
  const complaints = await warnings(cluster, pod, warn);
  const {error, endedAt} = runOfPod(pod, cluster.serverTimeMs());
  if (error !== undefined) {
    const time = endedAt ?? pod.metadata.creationTimestamp ?? '';
    complaints.push({time, text: `cluster: ${error}`});
  }
  return byTime(complaints);
}

/** Lines from several places in the order of time. */
export function byTime(lines: readonly LogLine[]): LogLine[] {
  return lines.toSorted((a, b) => latestMs(a) - latestMs(b));
}

/** A time that is told to the second is later than what was written within it: an end comes last. */
function latestMs({time}: LogLine): number {
  return Date.parse(time) + (time.includes('.') ? 0 : 999);
}

async function warnings(
  cluster: Cluster,
  {metadata: {name, uid = ''}}: Pod,
  warn: (text: string) => void,
): Promise<LogLine[]> {
  const fieldSelector = `involvedObject.name=${name},involvedObject.uid=${uid},type=Warning`;
  const events: CoreEvent[] = [];
  try {
    for await (const page of cluster.events.list({fieldSelector})) events.push(...page.items);
  } catch (error) {
    if (!isKubeFailure(error, 'forbidden')) throw error;
    warn(`without the cluster's events: ${error.message}`);
  }
  return events.map(event => ({
    time: event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '',
    text: `cluster: ${event.reason ?? 'Warning'}: ${(event.message ?? '').replaceAll(/\s*\n\s*/g, ' ')}`,
  }));
}

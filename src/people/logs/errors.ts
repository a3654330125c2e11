import {isKubeFailure} from '../../errors.ts';
import type {Cluster, CoreEvent, Pod} from '../../kube/cluster.ts';
import type {LogLine} from '../../kube/pod-log.ts';
import {runOfPod} from '../../run/run-of-pod.ts';

/** Whole words only, so that `error_count=0` does not match. */
const ERROR_WORDS =
  /\b(error|fatal|panic|exception|traceback|critical|denied|refused|segfault|segmentation fault|out of memory|cannot|unable to|failed|failure|killed)\b/i;

/** Phrases that only look like an error. */
const NO_ERROR = /\b(0|no|without) (errors?|failures?|failed)\b/i;

/** True for a line that looks like an error message. */
export function isErrorLine(text: string): boolean {
  return ERROR_WORDS.test(text) && !NO_ERROR.test(text);
}

/** What the cluster reports against a pod, oldest first: its Warning events, and the end of its run. */
export async function clusterErrors(
  cluster: Cluster,
  pod: Pod,
  warn: (text: string) => void,
): Promise<LogLine[]> {
  const errors = await warnings(cluster, pod, warn);
  const {error, endedAt} = runOfPod(pod, cluster.serverTimeMs());
  if (error !== undefined) {
    const time = endedAt ?? pod.metadata.creationTimestamp ?? '';
    errors.push({time, text: `cluster: ${error}`});
  }
  return byTime(errors);
}

/** Merges lines from several sources by time. */
export function byTime(lines: readonly LogLine[]): LogLine[] {
  return lines.toSorted((a, b) => sortKeyMs(a) - sortKeyMs(b));
}

/** A time without fractions sorts after all lines of the same second, so that a run's end comes last. */
function sortKeyMs({time}: LogLine): number {
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

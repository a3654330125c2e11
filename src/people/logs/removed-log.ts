import type {Pod} from '../../kube/cluster.ts';
import type {LogLine} from '../../kube/pod-log.ts';
import {runOfPod} from '../../run/run-of-pod.ts';

/** What the kubelet sends, with status 200, as the log of a removed container (pkg/kubelet/kuberuntime). */
const REMOVED = 'unable to retrieve container logs for ';

/** The lines of a log or, if its container was removed, the last lines kept in the pod's status. */
export async function* withLastLines(
  lines: AsyncIterable<LogLine>,
  pod: Pod,
  warn: (text: string) => void,
): AsyncGenerator<LogLine> {
  for await (const line of lines) {
    if (!line.text.startsWith(REMOVED)) {
      yield line;
      continue;
    }
    const {lastLines = []} = runOfPod(pod, 0);
    const kept = lastLines.length === 0 ? 'none of it is kept' : 'these last lines the pod keeps';
    warn(`the log of pod ${pod.metadata.name} went with its container; ${kept}`);
    for (const text of lastLines) yield {time: '', text};
    return;
  }
}

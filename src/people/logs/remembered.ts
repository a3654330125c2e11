import type {Pod} from '../../kube/cluster.ts';
import type {LogLine} from '../../kube/pod-log.ts';
import {runOfPod} from '../../run/run-of-pod.ts';

/** What a kubelet sends as the log of a container that it has removed, with status 200 (pkg/kubelet/kuberuntime). */
const REMOVED = 'unable to retrieve container logs for ';

/** The lines of a log; where its container is removed while the pod is there, the last ones that the pod keeps. */
export async function* orRemembered(
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

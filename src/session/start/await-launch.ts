import {isKubeFailure, PodExecError, PodFailedError} from '../../errors.ts';
import type {Pod} from '../../kube/cluster.ts';
import {isContainerAbsent} from '../../kube/exec-status.ts';
import {isTransient} from '../../kube/failure.ts';
import {absentAsUndefined} from '../../kube/resources.ts';
import {obstacle} from '../../pod/readiness.ts';
import {agentStatus} from '../../pod/state.ts';
import {sleep} from '../../time/sleep.ts';
import {Archive} from './archive.ts';
import {refuseSecond} from './claim-name.ts';
import type {Progress, StartContext} from './context.ts';
import {launch} from './launch.ts';

/**
 * Pauses between execs while the container is not running yet, in milliseconds. No container runtime
 * has one running within the first; then the pauses grow, because each try costs a connection and a TLS
 * handshake on a machine that is busy making the container.
 */
const EXEC_PAUSES = {firstMs: 300, thenMs: 30, growth: 1.15, capMs: 1000};

/**
 * Launches as soon as the container takes an exec. The pod's status shows that up to a second late (the
 * kubelet looks at its containers once a second), so the exec is tried again and again from the start,
 * while a watch looks for reasons why the pod can never start. Raises PodFailedError for such a reason,
 * and whatever `launch` and `refuseSecond` raise.
 */
export async function awaitLaunch(context: StartContext, progress: Progress): Promise<void> {
  const {pod} = progress;
  if (!pod) return;
  progress.step = 'waiting for the container';
  const settled = new AbortController();
  const running = new RunningNotice();
  const watching = watchPod(context, pod, progress, running);
  const launching = launchWhenRunning(context, pod, progress, {running, settled: settled.signal});
  try {
    await Promise.race([launching, watching]);
  } finally {
    settled.abort();
    // The one that is left may still fail; nobody waits for it any more.
    launching.catch(() => undefined);
    watching.catch(() => undefined);
  }
}

/** Wakes those who wait for the container once the pod's status says that it runs. */
class RunningNotice {
  #waiting: (() => void)[] = [];

  give(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  next(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve));
  }
}

/** Never resolves; raises PodFailedError when the pod cannot start, or is gone. */
async function watchPod(
  context: StartContext,
  pod: Pod,
  progress: Progress,
  running: RunningNotice,
): Promise<never> {
  const {name, uid} = pod.metadata;
  const fieldSelector = `metadata.name=${name}`;
  for (let current: Pod | undefined = pod; ;) {
    if (current?.metadata.uid !== uid || !current)
      throw new PodFailedError('the pod was deleted while it was started');
    noteObstacle(current, progress);
    const resourceVersion = current.metadata.resourceVersion ?? '';
    try {
      for await (const event of context.cluster.pods.watch({fieldSelector, resourceVersion})) {
        if (event.type === 'DELETED')
          throw new PodFailedError('the pod was deleted while it was started');
        if (event.type === 'BOOKMARK') continue;
        noteObstacle(event.object, progress);
        if (agentStatus(event.object)?.state?.running) running.give();
      }
    } catch (error) {
      if (!isKubeFailure(error, 'gone')) throw error;
    }
    current = await absentAsUndefined(context.cluster.pods.get(name));
  }
}

/** Keeps the reason why the pod is not up yet; raises PodFailedError when it is a final one. */
function noteObstacle(pod: Pod, progress: Progress): void {
  progress.seen = pod;
  // A quick agent may have ended before the exec that launched it has said so.
  const isOver = progress.isKept === true || progress.hasFailed === true;
  const found = isOver ? undefined : obstacle(pod);
  if (found) progress.lastReason = found.reason;
  else delete progress.lastReason;
  if (found?.isFinal) throw new PodFailedError(found.reason);
}

/** Tries the launch until the container takes it; gives up once the start has settled without it. */
async function launchWhenRunning(
  context: StartContext,
  pod: Pod,
  progress: Progress,
  {running, settled}: {running: RunningNotice; settled: AbortSignal},
): Promise<void> {
  const archive = new Archive(context);
  let pauseMs = EXEC_PAUSES.thenMs;
  const pause = (ms: number) => Promise.race([sleep(ms, context.deadline.signal), running.next()]);
  // Nothing may begin in a pod that is one too many.
  await Promise.all([pause(EXEC_PAUSES.firstMs), refuseSecond(context, progress)]);
  while (!settled.aborted) {
    try {
      await launch(context, pod, progress, archive);
      return;
    } catch (error) {
      if (!isNotYet(error)) throw error;
    }
    await pause(pauseMs);
    pauseMs = Math.min(EXEC_PAUSES.capMs, pauseMs * EXEC_PAUSES.growth);
  }
}

/** True when nothing ran: the container is not there yet, or it could not be reached. */
function isNotYet(error: unknown): boolean {
  if (isContainerAbsent(error) || isTransient(error)) return true;
  return (
    error instanceof PodExecError && !error.mayHaveRun && !error.message.includes('lacks this')
  );
}

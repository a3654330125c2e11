import {isKubeFailure, PodExecError, PodFailedError} from '../../errors.ts';
import type {Pod} from '../../kube/cluster.ts';
import {isContainerAbsent} from '../../kube/exec-status.ts';
import {isTransient} from '../../kube/failure.ts';
import {absentAsUndefined} from '../../kube/resources.ts';
import {obstacle} from '../../pod/readiness.ts';
import {agentStatus} from '../../pod/state.ts';
import {Deadline} from '../../time/deadline.ts';
import {sleep} from '../../time/sleep.ts';
import {Archive} from './archive.ts';
import type {Progress, StartContext} from './context.ts';
import {launch} from './launch.ts';

/**
 * When a container is asked for that is not there yet, in milliseconds. No container runtime has one
 * running within the first; then the pauses grow. Each question is a connection and a TLS handshake,
 * on a machine that is just busy making the container.
 */
const ASK = {firstMs: 300, thenMs: 30, growth: 1.15, capMs: 1000};

/**
 * Launches as soon as the container takes an exec. The pod's status says so up to a second later
 * (the kubelet looks at its containers once a second), so the exec is tried from the scheduling on,
 * while one watch looks out for what can never start.
 */
export async function awaitLaunch(context: StartContext, progress: Progress): Promise<void> {
  const {pod} = progress;
  if (!pod) return;
  progress.step = 'waiting for the container';
  const over = new AbortController();
  const deadline = new Deadline(context.deadline.remainingMs(), {parent: context.deadline.signal});
  const changes = new Changes();
  const watching = watchPod({...context, deadline}, pod, progress, changes);
  const launching = launchWhenRunning({...context, deadline}, pod, progress, {
    changes,
    over: over.signal,
  });
  try {
    await Promise.race([launching, watching]);
  } finally {
    deadline.clear();
    over.abort();
    launching.catch(() => undefined);
    watching.catch(() => undefined);
  }
}

/** Tells that the pod's status says the container runs. */
class Changes {
  #next: (() => void)[] = [];

  tell(): void {
    for (const resolve of this.#next.splice(0)) resolve();
  }

  next(): Promise<void> {
    return new Promise(resolve => this.#next.push(resolve));
  }
}

/** Never resolves; raises PodFailedError when the pod cannot start, or is gone. */
async function watchPod(
  context: StartContext,
  pod: Pod,
  progress: Progress,
  changes: Changes,
): Promise<never> {
  const {name, uid} = pod.metadata;
  const fieldSelector = `metadata.name=${name}`;
  for (let current: Pod | undefined = pod; ;) {
    if (current?.metadata.uid !== uid || !current)
      throw new PodFailedError('the pod was deleted while it was started');
    heed(current, progress);
    const resourceVersion = current.metadata.resourceVersion ?? '';
    try {
      for await (const event of context.cluster.pods.watch({fieldSelector, resourceVersion})) {
        if (event.type === 'DELETED')
          throw new PodFailedError('the pod was deleted while it was started');
        if (event.type === 'BOOKMARK') continue;
        heed(event.object, progress);
        if (agentStatus(event.object)?.state?.running) changes.tell();
      }
    } catch (error) {
      if (!isKubeFailure(error, 'gone')) throw error;
    }
    current = await absentAsUndefined(context.cluster.pods.get(name));
  }
}

function heed(pod: Pod, progress: Progress): void {
  progress.seen = pod;
  // A quick agent may have ended before the exec that launched it has said so.
  const found = progress.isKept === true ? undefined : obstacle(pod);
  if (found) progress.lastReason = found.reason;
  else delete progress.lastReason;
  if (found?.isFinal) throw new PodFailedError(found.reason);
}

async function launchWhenRunning(
  context: StartContext,
  pod: Pod,
  progress: Progress,
  {changes, over}: {changes: Changes; over: AbortSignal},
): Promise<void> {
  const archive = new Archive(context);
  let pauseMs = ASK.thenMs;
  const pause = (ms: number) => Promise.race([sleep(ms, context.deadline.signal), changes.next()]);
  await pause(ASK.firstMs);
  while (!over.aborted) {
    try {
      await launch(context, pod, progress, archive);
      return;
    } catch (error) {
      if (!isNotYet(error)) throw error;
    }
    await pause(pauseMs);
    pauseMs = Math.min(ASK.capMs, pauseMs * ASK.growth);
  }
}

/** The container is not there yet, or the way to it is broken: nothing ran. */
function isNotYet(error: unknown): boolean {
  if (isContainerAbsent(error) || isTransient(error)) return true;
  return (
    error instanceof PodExecError && !error.mayHaveRun && !error.message.includes('lacks this')
  );
}

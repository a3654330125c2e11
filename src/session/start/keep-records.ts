import {
  DeadlineError,
  InterruptedError,
  isKubeFailure,
  messageOf,
  PodFailedError,
  SessionExistsError,
  SessionStartingError,
} from '../../errors.ts';
import type {Pod} from '../../kube/cluster.ts';
import {log} from '../../log.ts';
import {whyNotStarted} from '../../run/cluster-end.ts';
import {withEnd, runOfDeletedPod} from '../../run/deleted-pod.ts';
import {isRecorded, saveRecord, createRecord} from '../../run/record.ts';
import type {EndReason, Run} from '../../run/run.ts';
import {runOfPod} from '../../run/run-of-pod.ts';
import {trySaveRecord} from '../../run/stop-recorded.ts';
import type {Progress, StartContext} from './context.ts';

/** Opens the record of a run that gets one, beside the waiting for its container. */
export function openRunRecord(context: StartContext, progress: Progress): Promise<void> {
  const {pod} = progress;
  if (pod && context.policy.retention !== undefined) {
    const run = runOfPod(pod, context.cluster.serverTimeMs());
    progress.record = createRecord(context.cluster, run).catch((error: unknown) => {
      context.warn(`no result record: ${messageOf(error)}`);
    });
  }
  return Promise.resolve();
}

export async function awaitRunRecord(_: StartContext, {record}: Progress): Promise<void> {
  await record;
}

/**
 * Keeps what became of the session's run before, whose pod is gone now: its last lines for the next
 * one, and a record, of every run that failed and of those that get one anyway.
 */
export async function tellPrevious(
  {cluster, warn}: StartContext,
  last: Pod,
  progress: Progress,
): Promise<void> {
  const run = runOfDeletedPod(last, cluster.serverTimeMs());
  progress.lastLines = (run.lastLines ?? []).map(line => `${line}\n`).join('');
  if (isRecorded(last) || run.state === 'failed') await trySaveRecord(cluster, run, warn);
}

/**
 * Records a start that failed, with the reason as one word, so that failures can be counted. Best
 * effort: the failure itself is what must be told.
 */
export async function tellFailure(
  context: StartContext,
  progress: Progress,
  error: unknown,
): Promise<void> {
  const reason = reasonOf(error, progress);
  if (reason === undefined) return;
  try {
    const run = withEnd(attempted(context, progress), {
      ...{reason, clusterMessage: messageOf(error), atMs: context.cluster.serverTimeMs()},
    });
    await saveRecord(context.cluster, run);
  } catch (failure) {
    log.warn('record.failed', {error: messageOf(failure)});
  }
}

/** Undefined for what is no failure of a run: refused, or broken off by the caller before it had a record. */
function reasonOf(error: unknown, {pod, seen, record}: Progress): EndReason | undefined {
  const isRefused = error instanceof SessionExistsError || error instanceof SessionStartingError;
  if (isRefused || error instanceof InterruptedError) {
    return record === undefined ? undefined : 'stopped';
  }
  if (isKubeFailure(error, 'forbidden') && error.detail.includes('quota')) return 'quota';
  if (!pod) return undefined;
  const obstacle = seen && whyNotStarted(seen);
  if (obstacle && (error instanceof PodFailedError || error instanceof DeadlineError)) {
    return obstacle.reason;
  }
  return 'start_failed';
}

function attempted({cluster, session, settings, startId}: StartContext, progress: Progress): Run {
  const pod = progress.seen ?? progress.pod;
  const name = progress.asked ?? session;
  const metadata = {name, namespace: cluster.namespace, uid: startId};
  const run = runOfPod(pod ?? {metadata}, cluster.serverTimeMs());
  return {...run, session, ...(settings.image === undefined ? {} : {image: settings.image})};
}

import {
  isKubeFailure,
  PodFailedError,
  SessionExistsError,
  SessionStartingError,
} from '../../errors.ts';
import type {Pod} from '../../kube/cluster.ts';
import {absentAsUndefined} from '../../kube/resources.ts';
import {isTransient} from '../../kube/failure.ts';
import {log} from '../../log.ts';
import {deletePod} from '../../pod/delete.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {podName, podNames} from '../../pod/names.ts';
import {belongsTo, sessionState} from '../../pod/state.ts';
import {Deadline} from '../../time/deadline.ts';
import {backoffMs, sleep} from '../../time/sleep.ts';
import {hasTerminal} from '../../tmux/pane.ts';
import {awaitGone} from './await-gone.ts';
import type {Progress, StartContext} from './context.ts';
import {tellPrevious} from './keep-records.ts';
import {mayFitLater, QUOTA_RETRY_MS} from './quota.ts';

/** After these, whoever was starting the pod has given up (session-protocol.md, "Start JSON"). */
const START_LIMIT_S = {ours: 150, others: 360};

/**
 * How long the answer to a create is waited for before we look whether it took effect: an admission
 * webhook may take 30 s (admissionregistration.k8s.io/v1, `timeoutSeconds`), and to hang up takes
 * the request away from it.
 */
const CREATE_MS = 35_000;

/**
 * Creates the pod, once: of two that start one session at a time, the API server lets one have the
 * name. A pod that is alive or being started refuses us, a stale one is replaced after it is
 * really gone. Where the session may have a pod under its other name too, `refuseSecond` must follow.
 */
export async function createPod(context: StartContext, progress: Progress): Promise<void> {
  progress.step = 'creating the pod';
  let name = podName(context.session);
  if (name !== context.session) await refuseOthers(context, name, progress);
  for (let attempt = 0; ; attempt++) {
    progress.asked = name;
    const created = await tryCreate(context, name, progress, attempt);
    if (created) {
      delete progress.lastReason;
      progress.pod = created;
      const {name: pod, uid: runId} = created.metadata;
      log.about({runId});
      log.info('pod.created', {pod});
      return;
    }
    const holder = await absentAsUndefined(context.cluster.pods.get(name));
    if (!holder) continue;
    if (holder.metadata.annotations?.[ANNOTATION.start] === context.startId) {
      delete progress.lastReason;
      progress.pod = holder;
      return;
    }
    if (belongsTo(holder, context.session)) await replaceStale(context, holder, progress);
    else name = otherName(context, name, holder);
  }
}

/**
 * Undefined when the name is taken, when it is not known whether the request took effect, when the
 * server could not be asked, or when a quota had no room for it.
 */
async function tryCreate(
  context: StartContext,
  name: string,
  progress: Progress,
  attempt: number,
): Promise<Pod | undefined> {
  const patience = new Deadline(CREATE_MS, {parent: context.deadline.signal});
  try {
    return await context.cluster.within(patience).pods.create(context.manifest(name));
  } catch (error) {
    if (isKubeFailure(error, 'exists')) return undefined;
    // A quota that another create changed meanwhile is a conflict.
    if (isKubeFailure(error) && (error.outcomeUnknown || error.failure === 'conflict')) {
      progress.lastReason = error.message;
      // A quota that many change, or an admission webhook that is down, answers every create at once.
      await sleep(backoffMs(attempt), context.deadline.signal);
      return undefined;
    }
    if (isTransient(error)) {
      const waitMs = (error.retryAfterSeconds ?? 0) * 1000;
      if (waitMs >= context.deadline.remainingMs()) throw error;
      progress.lastReason = error.message;
      await sleep(waitMs, context.deadline.signal);
      return undefined;
    }
    if (mayFitLater(error)) {
      progress.lastReason = error.message;
      await sleep(QUOTA_RETRY_MS, context.deadline.signal);
      return undefined;
    }
    throw error;
  } finally {
    patience.clear();
  }
}

/**
 * Refuses a session that has another pod than the one just created, and waits until a stale one is gone.
 * A plain name has its pod under itself nearly always, and a create that is refused tells of it. But while
 * another session's pod held that name it was made under the other one, and a second start at that moment
 * looks there too late for either to be the first: so both look after their create, beside the waiting for
 * the container, and give up when they see each other. A name that is not plain was looked up before: no
 * start of ours makes a pod under its plain form.
 */
export async function refuseSecond(context: StartContext, progress: Progress): Promise<void> {
  const {pod} = progress;
  const {session} = context;
  if (pod && podName(session) === session) await refuseOthers(context, pod.metadata.name, progress);
}

/** Refuses a session that is alive under another name than this one; a stale pod is replaced. */
async function refuseOthers(
  context: StartContext,
  name: string,
  progress: Progress,
): Promise<void> {
  const {cluster, session} = context;
  for (const other of [...podNames(session)].filter(candidate => candidate !== name)) {
    const pod = await absentAsUndefined(cluster.pods.get(other));
    if (pod && belongsTo(pod, session)) await replaceStale(context, pod, progress);
  }
}

function otherName({session}: StartContext, name: string, holder: Pod): string {
  const other = [...podNames(session)].find(candidate => candidate !== name);
  if (other !== undefined && name === podName(session)) return other;
  const owner = holder.metadata.annotations?.['gc-session-name'] ?? 'another program';
  throw new PodFailedError(
    `the pod names of session "${session}" are taken: pod ${name} belongs to ${owner}`,
  );
}

async function replaceStale(context: StartContext, pod: Pod, progress: Progress): Promise<void> {
  const {cluster, session, deadline} = context;
  const {name} = pod.metadata;
  const state = sessionState(pod);
  if (state === 'running') throw new SessionExistsError(session, name);
  if (state === 'unknown' && (await hasTerminal({cluster, session, deadline}, name))) {
    throw new SessionExistsError(session, name);
  }
  if (state !== 'ended' && isBeingStarted(context, pod)) {
    throw new SessionStartingError(
      `session "${session}" is being started: pod ${name} is ${ageSeconds(context, pod)} s old and not up yet; wait, or stop it first`,
    );
  }
  const {step} = progress;
  progress.step = `waiting for the old pod ${name} to go`;
  await deletePod(cluster, pod);
  const last = await awaitGone(cluster, pod, deadline);
  await tellPrevious(context, last, progress);
  progress.step = step;
}

function isBeingStarted(context: StartContext, pod: Pod): boolean {
  const annotations = pod.metadata.annotations ?? {};
  if (annotations[ANNOTATION.provisionedAt] !== undefined) return false;
  const isOurs = annotations[ANNOTATION.start] !== undefined;
  return ageSeconds(context, pod) < (isOurs ? START_LIMIT_S.ours : START_LIMIT_S.others);
}

function ageSeconds({cluster}: StartContext, pod: Pod): number {
  const created = Date.parse(pod.metadata.creationTimestamp ?? '');
  return Math.round((cluster.serverTimeMs() - created) / 1000);
}

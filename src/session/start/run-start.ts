import {
  AgentDiedError,
  DeadlineError,
  InterruptedError,
  isKubeFailure,
  messageOf,
  PodFailedError,
  SessionExistsError,
  SessionStartingError,
} from '../../errors.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import {absentAsUndefined} from '../../kube/resources.ts';
import {log} from '../../log.ts';
import {deletePod} from '../../pod/delete.ts';
import {ANNOTATION} from '../../pod/labels.ts';
import {unsaid, warningEvents} from '../../pod/readiness.ts';
import {Deadline} from '../../time/deadline.ts';
import type {SessionCall} from '../operation.ts';
import {awaitLaunch} from './await-launch.ts';
import {createPod} from './claim-name.ts';
import type {Progress, StartContext, StartMode} from './context.ts';
import {awaitRunRecord, openRunRecord, tellFailure} from './keep-records.ts';
import {prepare} from './prepare.ts';

/** gc kills 2 s after its SIGINT: what the undo may take of them. */
const UNDO_MS = 1_300;

/** What it may take when nobody is in a hurry: a slow API server answers within this time. */
const UNHURRIED_MS = 20_000;

/** The same when the start's time is over: gc gives 5 s more (`START_MS` in operations.ts). */
const LATE_MS = 3_000;

const STEPS = [createPod, openRunRecord, awaitLaunch, awaitRunRecord];

/** Starts the session, or leaves nothing behind and says why. */
export async function runStart(call: SessionCall, mode: StartMode): Promise<void> {
  const context = await prepared(call, mode);
  for (const warning of context.plan.warnings) context.warn(warning);
  const progress: Progress = {step: 'preparing'};
  try {
    for (const step of STEPS) await step(context, progress);
  } catch (error) {
    throw await undone(context, progress, error);
  }
}

/** Looking at many files takes time, in which a signal or the deadline may come. */
async function prepared(call: SessionCall, mode: StartMode): Promise<StartContext> {
  try {
    return await prepare(call, mode);
  } catch (error) {
    throw explained(call, {step: 'looking at the files to copy'}, error, []);
  }
}

/** Deletes what was created, without waiting for it, and gives the failure with its cause. */
async function undone(context: StartContext, progress: Progress, error: unknown): Promise<unknown> {
  const deadline = undoDeadline(context.deadline);
  const cluster = context.cluster.within(deadline);
  // What is only to be told is worth no such patience.
  const briefly = new Deadline(UNDO_MS, {parent: deadline.signal});
  const teller = context.cluster.within(briefly);
  const pod = progress.pod ?? (await askedPod(context, cluster, progress));
  log.warn('start.undone', {step: progress.step, pod: pod?.metadata.name});
  if (!pod) {
    await tellFailure({...context, cluster: teller}, progress, error);
    return explained(context, progress, error, []);
  }
  progress.pod = pod;
  const [events, undoFailure] = await Promise.all([
    needsEvents(error) ? bestEffort(warningEvents(teller, pod)) : [],
    deletionFailure(cluster, pod),
    tellFailure({...context, cluster: teller}, progress, error),
  ]);
  briefly.clear();
  deadline.clear();
  return explained(context, progress, error, [...events, ...undoFailure]);
}

/** How long the undo may take: little after a signal, also one that comes meanwhile. */
function undoDeadline({signal}: Deadline): Deadline {
  if (signal.aborted) {
    return new Deadline(signal.reason instanceof DeadlineError ? LATE_MS : UNDO_MS);
  }
  const hurry = new AbortController();
  const onAbort = () => void setTimeout(() => hurry.abort(signal.reason), UNDO_MS);
  signal.addEventListener('abort', onAbort, {once: true});
  return new Deadline(UNHURRIED_MS, {parent: hurry.signal});
}

/** The pod of a create whose answer was not waited for. */
async function askedPod(
  {startId}: StartContext,
  cluster: Cluster,
  {asked}: Progress,
): Promise<Pod | undefined> {
  if (asked === undefined) return undefined;
  try {
    const pod = await absentAsUndefined(cluster.pods.get(asked));
    return pod?.metadata.annotations?.[ANNOTATION.start] === startId ? pod : undefined;
  } catch (error) {
    if (isKubeFailure(error)) return undefined;
    throw error;
  }
}

async function deletionFailure(cluster: Cluster, pod: Pod): Promise<string[]> {
  try {
    await deletePod(cluster, pod);
    return [];
  } catch (error) {
    const why = messageOf(error);
    return [`its pod ${pod.metadata.name} could not be deleted and will end by itself: ${why}`];
  }
}

/** An explanation more is welcome, its absence no failure; a right that is missing should be known. */
async function bestEffort(words: Promise<string[]>): Promise<string[]> {
  try {
    return await words;
  } catch (error) {
    if (isKubeFailure(error, 'forbidden')) return [error.message];
    return isKubeFailure(error) ? [] : Promise.reject(error);
  }
}

/** Words of the agent or of the API server itself need no more witnesses. */
function needsEvents(error: unknown): boolean {
  const isPlain = [AgentDiedError, SessionExistsError, SessionStartingError].some(
    kind => error instanceof kind,
  );
  return !isPlain && !isKubeFailure(error, 'forbidden', 'invalid');
}

function explained(
  {session}: Pick<StartContext, 'session'>,
  {step, lastReason, pod}: Progress,
  error: unknown,
  more: readonly string[],
): unknown {
  const said = lastReason ?? (error instanceof Error ? error.message : '');
  const news = [...unsaid(said, more), ...nextStep(said)];
  const facts = [...(lastReason === undefined ? [] : [lastReason]), ...news];
  const because = facts.length === 0 ? '' : `: ${facts.join('; ')}`;
  if (error instanceof InterruptedError) {
    const undo = pod ? ', its pod is deleted' : '';
    return new InterruptedError(
      error.signal,
      `session "${session}" was not started: interrupted by ${error.signal} while ${step}${undo}${because}`,
    );
  }
  if (error instanceof DeadlineError) {
    return new DeadlineError(
      `session "${session}" was not started in time, still ${step}${because}`,
    );
  }
  if (error instanceof PodFailedError && news.length > 0) {
    return new PodFailedError([error.message, ...news].join('; '), {cause: error});
  }
  return error;
}

/** What to do about a pod that never came up, where its own words do not say it. */
function nextStep(said: string): string[] {
  if (/ImagePull|InvalidImageName/.test(said)) {
    return ['mend GC_K8S_IMAGE or GC_K8S_IMAGE_PULL_SECRETS, or load the image into the nodes'];
  }
  if (!said.includes('Unschedulable') || said.includes('uncordon')) return [];
  return ['free or add a node that the settings allow, or ask for less'];
}

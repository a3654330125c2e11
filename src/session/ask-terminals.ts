import {DeadlineError, isKubeFailure, messageOf, PodExecError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {sessionState} from '../pod/state.ts';
import {atMost} from '../time/at-most.ts';
import {Deadline} from '../time/deadline.ts';
import {hasTerminal} from '../tmux/pane.ts';

/** More at once stall the node: containerd starts each exec in a process of its own. */
const EXECS_AT_ONCE = 8;

/**
 * For how long a pod is asked of which the API server says that it cannot get there, and then one of
 * which nothing comes back at all: a busy node takes seconds to begin with an exec.
 */
const PATIENCE_MS = {refused: 5_000, silent: 12_000};

/** A pod of which only its tmux can tell whether the session runs. */
export interface Question {
  readonly session: string;
  readonly pod: Pod;
}

/** Why a pod could not be asked: because of what it is, or because its node does not answer. */
interface Unasked {
  readonly why: string;
  readonly node: string | undefined;
}

interface Place {
  readonly cluster: Cluster;
  readonly deadline: Deadline;
}

/**
 * The questions whose pods have a terminal. A pod that cannot be asked, while the API server can, is left
 * out with a warning, as one on a lost node is; that the node is lost the cluster says only after 40 s
 * and more. gc takes that for "does not run" and calls `start`, which makes no second agent: it finds the
 * pod, cannot ask it either, and fails until the pod answers or the cluster has given it up. To fail here
 * would hide every other session of the city. What says nothing of one pod (a missing right, an API server
 * that has no time or does not answer, no node that does) is a failure, after tries until the deadline.
 */
export async function withTerminal(
  place: Place,
  questions: readonly Question[],
  warn: (text: string) => void,
): Promise<ReadonlySet<Question>> {
  const nodes = {answering: new Set<string>(), silent: new Map<string, Unasked>()};
  const answers = await atMost(EXECS_AT_ONCE, questions, async question => {
    const {nodeName = ''} = question.pod.spec ?? {};
    const known = nodes.answering.has(nodeName) ? undefined : nodes.silent.get(nodeName);
    const answer = known ?? (await ask(place, question));
    if (typeof answer === 'boolean') nodes.answering.add(nodeName);
    else if (answer.node !== undefined) nodes.silent.set(nodeName, answer);
    return {question, answer};
  });
  // It is the way from the API server to its nodes, then, and no node.
  const isWayLost = nodes.silent.size > 1 && nodes.answering.size === 0;
  const alive = await atMost(EXECS_AT_ONCE, answers, async ({question, answer}) => {
    if (typeof answer === 'boolean') return answer;
    const {session, pod} = question;
    if (isWayLost && answer.node !== undefined) {
      return hasTerminal({...place, session}, pod.metadata.name);
    }
    warn(
      `session "${session}" is left out: pod ${pod.metadata.name} cannot be asked: ${answer.why}`,
    );
    return false;
  });
  return new Set(questions.filter((_, at) => alive[at]));
}

async function ask(
  {cluster, deadline}: Place,
  {session, pod}: Question,
): Promise<boolean | Unasked> {
  const {name, uid} = pod.metadata;
  let why = '';
  for (const ms of [PATIENCE_MS.refused, PATIENCE_MS.silent]) {
    const patience = new Deadline(ms, {parent: deadline.signal});
    try {
      const place = {cluster: cluster.within(patience), session, deadline: patience};
      return await hasTerminal(place, name);
    } catch (error) {
      if (deadline.signal.aborted) {
        throw deadline.signal.reason instanceof DeadlineError ? error : deadline.signal.reason;
      }
      if (isKubeFailure(error, 'throttled'))
        return await hasTerminal({cluster, session, deadline}, name);
      why = messageOf(error);
      if (isOfThisPod(error)) return {why, node: undefined};
      if (!isOfNode(error)) throw error;
      if (isKubeFailure(error, 'unavailable')) break;
    } finally {
      patience.clear();
    }
  }
  // Asked until the deadline: where it is not answered either, the pod's node is not to blame.
  const now = await absentAsUndefined(cluster.pods.get(name));
  if (!now || now.metadata.uid !== uid || sessionState(now) === 'ended') return false;
  const {nodeName = 'unknown'} = now.spec ?? {};
  return {why: `node ${nodeName} does not answer: ${why}`, node: nodeName};
}

/** It has no container `agent`, or that has no shell: by the protocol there can be no session in it. */
function isOfThisPod(error: unknown): boolean {
  return isKubeFailure(error, 'invalid') || (error instanceof PodExecError && !error.mayHaveRun);
}

function isOfNode(error: unknown): boolean {
  return isKubeFailure(error, 'unavailable', 'unreachable') || error instanceof PodExecError;
}

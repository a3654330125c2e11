import {DeadlineError, isKubeFailure, messageOf} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {saveSeenEnds} from '../run/save-seen-ends.ts';
import {Deadline} from '../time/deadline.ts';
import type {PeopleCall} from './command.ts';

/** The output is already printed, and the operator waits for the prompt. */
const TIMEOUT_MS = 2_000;

/**
 * Saves ends that were just shown in their records, because the pods may be deleted before the next look.
 * Failures are only logged: the operator may not be allowed to write records.
 */
export async function recordSeenEnds(
  {deadline: {signal}}: Pick<PeopleCall, 'deadline'>,
  cluster: Cluster,
  pods: readonly Pod[],
): Promise<void> {
  const deadline = new Deadline(TIMEOUT_MS, {parent: signal});
  try {
    await saveSeenEnds(cluster.within(deadline), pods);
  } catch (error) {
    if (!isKubeFailure(error) && !(error instanceof DeadlineError)) throw error;
    log.warn('record.failed', {error: messageOf(error)});
  } finally {
    deadline.clear();
  }
}

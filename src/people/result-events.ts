import {openEventLog} from '../events/operation.ts';
import type {Cluster} from '../kube/cluster.ts';
import {markEventRecorded} from '../run/record.ts';
import {reportedState, type Run} from '../run/run.ts';
import {lacksEvent, type KnownRun} from '../run/list-runs.ts';
import type {PeopleCall} from './command.ts';

/** Keeps old runs from being reported when this is first enabled. */
const MAX_AGE_MS = 24 * 3_600_000;

/**
 * Records an event for each run that ended in the last day and has none yet, then marks the run's record.
 * After a crash in between, the event is recorded again; `run_id` identifies duplicates.
 */
export async function recordResultEvents(
  call: PeopleCall,
  cluster: Cluster,
  runs: readonly KnownRun[],
): Promise<void> {
  const now = cluster.serverTimeMs();
  const unrecorded = runs.filter(
    each =>
      each.record && lacksEvent(each) && now - Date.parse(each.run.endedAt ?? '') < MAX_AGE_MS,
  );
  if (unrecorded.length === 0) return;
  const log = await openEventLog(call);
  for (const {run} of unrecorded) {
    const seq = await log.record(JSON.stringify(resultEvent(run)));
    await markEventRecorded(cluster, run.id, seq);
  }
}

/** The event for the end of a run. */
export function resultEvent(run: Run): object {
  const {id, session, reason, exitCode, signal, durationSeconds, endedAt, error} = run;
  const state = reportedState(run);
  return {
    ...{type: 'session.finished', ts: endedAt, actor: 'gc-k8s', subject: session},
    message: error === undefined ? state : `${state}: ${error}`,
    ...{run_id: id, session_id: session},
    payload: {state, reason, exitCode, signal, durationSeconds, artifacts: run.artifacts?.length},
  };
}

import {openEventLog} from '../events/operation.ts';
import type {Cluster} from '../kube/cluster.ts';
import {noteEvent} from '../run/record.ts';
import type {Run} from '../run/run.ts';
import {lacksEvent, type Known} from '../run/survey.ts';
import type {PeopleCall} from './command.ts';

/** Whoever turns this on does not want the ends of last week as news. */
const NEWS_MS = 24 * 3_600_000;

/**
 * Records the ended runs of the last day that have no event yet in the city's event log, and notes
 * it on their records. One that dies in between records its event again: `run_id` tells.
 */
export async function recordResultEvents(
  call: PeopleCall,
  cluster: Cluster,
  runs: readonly Known[],
): Promise<void> {
  const now = cluster.serverTimeMs();
  const news = runs.filter(
    each => each.record && lacksEvent(each) && now - Date.parse(each.run.endedAt ?? '') < NEWS_MS,
  );
  if (news.length === 0) return;
  const log = await openEventLog(call);
  for (const {run} of news) {
    const seq = await log.record(JSON.stringify(resultEvent(run)));
    await noteEvent(cluster, run.id, seq);
  }
}

/** The event of a run's end. */
export function resultEvent(run: Run): object {
  const {id, session, state, reason, exitCode, signal, durationSeconds, endedAt, error} = run;
  return {
    ...{type: 'session.finished', ts: endedAt, actor: 'gc-k8s', subject: session},
    message: error === undefined ? state : `${state}: ${error}`,
    ...{run_id: id, session_id: session},
    payload: {state, reason, exitCode, signal, durationSeconds, artifacts: run.artifacts?.length},
  };
}

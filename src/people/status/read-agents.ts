import type {Cluster, Pod, Selector} from '../../kube/cluster.ts';
import {AGENT_SELECTOR, LABEL} from '../../pod/labels.ts';
import {checkedSession, labelForm} from '../../pod/names.ts';
import {belongsTo, sessionOf} from '../../pod/state.ts';
import {lastRunOf} from '../../run/last-run.ts';
import type {Run} from '../../run/run.ts';

/** Large enough for any city, so that the list is one request. */
const ONE_PAGE = 5_000;

export interface Agents {
  readonly pods: readonly Pod[];
  /** Where a watch can continue without missing a change. */
  readonly resourceVersion: string;
}

/** Selects the pods of these sessions, or of all when the list is empty. */
export function selectorOf(sessions: readonly string[]): Selector {
  if (sessions.length === 0) return {labelSelector: AGENT_SELECTOR};
  const labels = [...new Set(sessions.map(session => labelForm(checkedSession(session))))];
  return {labelSelector: `${AGENT_SELECTOR},${LABEL.session} in (${labels.join(',')})`};
}

/** True for a pod of one of these sessions; needed because labels are truncated, names are not. */
export function isWanted(pod: Pod, sessions: readonly string[]): boolean {
  return sessions.length === 0 || sessions.some(session => belongsTo(pod, session));
}

/** The agents' pods, by one list call, sorted by session name. */
export async function readAgents(cluster: Cluster, sessions: readonly string[]): Promise<Agents> {
  const pods: Pod[] = [];
  let resourceVersion = '';
  for await (const page of cluster.pods.list({...selectorOf(sessions), limit: ONE_PAGE})) {
    pods.push(...page.items.filter(pod => isWanted(pod, sessions)));
    ({resourceVersion} = page);
  }
  return {pods: sorted(pods), resourceVersion};
}

export function sorted(pods: readonly Pod[]): Pod[] {
  const name = (pod: Pod) => sessionOf(pod) ?? pod.metadata.name;
  return pods.toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

/**
 * The last runs of the sessions without a pod, from their records, and the sessions that have no record
 * either.
 */
export async function recordedRuns(
  cluster: Cluster,
  sessions: readonly string[],
  pods: readonly Pod[],
): Promise<{runs: Run[]; unknown: string[]}> {
  const absent = sessions.filter(session => !pods.some(pod => belongsTo(pod, session)));
  const found = await Promise.all(absent.map(session => lastRunOf(cluster, session)));
  const unknown = absent.filter((_, at) => found[at] === undefined);
  return {runs: found.filter(run => run !== undefined), unknown};
}

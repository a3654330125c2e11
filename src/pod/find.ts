import type {Cluster, Pod} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {AGENT_SELECTOR, LABEL} from './labels.ts';
import {labelForm, podNames} from './names.ts';
import {belongsTo, sessionState} from './state.ts';

/**
 * The session's pods in any state, one GET for each name that they may have, sent when the next is asked
 * for. More than one is rare: beside one that is going, or that another provider made.
 */
export async function* podsByName(cluster: Cluster, session: string): AsyncGenerator<Pod, void> {
  for (const name of podNames(session)) {
    const pod = await absentAsUndefined(cluster.pods.get(name));
    if (pod && belongsTo(pod, session)) yield pod;
  }
}

/** The session's pod: one that has not ended, else one that has; undefined when there is none. */
export async function findPod(cluster: Cluster, session: string): Promise<Pod | undefined> {
  let ended: Pod | undefined;
  for await (const pod of podsByName(cluster, session)) {
    if (sessionState(pod) !== 'ended') return pod;
    ended ??= pod;
  }
  return ended;
}

/**
 * Every pod of the session, in any state. They have its label, so that one list finds them, which costs no
 * more than the GET that finds one; names are tried where no pod has the label that it should.
 */
export async function allPods(cluster: Cluster, session: string): Promise<Pod[]> {
  const labels = new Set([labelForm(session), ...podNames(session)]);
  const labelSelector = `${AGENT_SELECTOR},${LABEL.session} in (${[...labels].join(',')})`;
  const found: Pod[] = [];
  for await (const page of cluster.pods.list({labelSelector})) {
    found.push(...page.items.filter(pod => belongsTo(pod, session)));
  }
  if (found.length > 0) return found;
  for await (const pod of podsByName(cluster, session)) found.push(pod);
  return found;
}

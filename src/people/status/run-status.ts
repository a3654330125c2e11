import {nothing, type Reply} from '../../cli/operation.ts';
import {openCluster} from '../../kube/open-cluster.ts';
import {absentSession} from '../absent-session.ts';
import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {asJsonOrYaml} from '../format.ts';
import {recordSeenEnds} from '../record-seen-ends.ts';
import {withActivity} from './activity.ts';
import {agentView, recordedView} from './agent-view.ts';
import {readAgents, recordedRuns} from './read-agents.ts';
import {filterViews, emptyMessage, tableOptions, screen} from './screen.ts';

/**
 * Prints the state of the agents: one list call and, with `-o wide` or named sessions, one exec per
 * running agent. A named session without a pod is shown from its record; after the others are printed,
 * raises SessionAbsentError for those without a record.
 */
export async function run(call: PeopleCall): Promise<Reply> {
  if (isSet(call.options, 'watch')) {
    const {watchStatus} = await import('./watch-status.ts');
    return watchStatus(call);
  }
  const {args: sessions, options} = call;
  const cluster = await openCluster('gc-k8s', call);
  const {pods} = await readAgents(cluster, sessions);
  const {runs, unknown} = await recordedRuns(cluster, sessions, pods);
  const isNone = unknown.length > 0 && unknown.length === sessions.length;
  if (isNone) throw absentSession(unknown, cluster.namespace);
  const nowMs = cluster.serverTimeMs();
  const plain = filterViews(
    [...pods.map(pod => agentView(pod, nowMs)), ...runs.map(recordedView)],
    call,
  );
  const views = asksTerminals(call) ? await withActivity(plain, {cluster, ...call}) : plain;
  const {namespace} = cluster;
  const list = {version: 1, namespace, time: new Date(nowMs).toISOString(), sessions: views};
  const printed = await asJsonOrYaml(list, options);
  if (printed !== undefined) await call.print(printed);
  else if (views.length > 0) await call.print(screen(views, nowMs, tableOptions(call)));
  else call.warn(emptyMessage(call, namespace));
  await recordSeenEnds(call, cluster, pods);
  if (unknown.length > 0) throw absentSession(unknown, namespace);
  return nothing;
}

function asksTerminals({args, options}: PeopleCall): boolean {
  return args.length > 0 || valueOf(options, 'output') === 'wide';
}

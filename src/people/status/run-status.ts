import {nothing, text, type Reply} from '../../cli/operation.ts';
import {openCluster} from '../../kube/open-cluster.ts';
import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {forPrograms} from '../format.ts';
import {withActivity} from './activity.ts';
import {agentView, recordedView} from './agent-view.ts';
import {readAgents, recordedRuns} from './read-agents.ts';
import {chosen, emptyWords, lookOf, screen} from './screen.ts';

/**
 * Prints what the agents do: one list call, and with `-o wide` or named sessions one exec for each
 * that runs. A named session without a pod is told by its record.
 */
export async function run(call: PeopleCall): Promise<Reply> {
  if (isSet(call.options, 'watch')) {
    const {watchStatus} = await import('./watch-status.ts');
    return watchStatus(call);
  }
  const {args: sessions, options} = call;
  const cluster = await openCluster('gc-k8s', call);
  const {pods} = await readAgents(cluster, sessions);
  const recorded = await recordedRuns(cluster, sessions, pods);
  const nowMs = cluster.serverTimeMs();
  const plain = chosen(
    [...pods.map(pod => agentView(pod, nowMs)), ...recorded.map(recordedView)],
    call,
  );
  const views = asksTerminals(call) ? await withActivity(plain, {cluster, ...call}) : plain;
  const {namespace} = cluster;
  const list = {version: 1, namespace, time: new Date(nowMs).toISOString(), sessions: views};
  const printed = await forPrograms(list, options);
  if (printed !== undefined) return text(printed);
  if (views.length > 0) return text(screen(views, nowMs, lookOf(call)));
  call.warn(emptyWords(call, namespace));
  return nothing;
}

function asksTerminals({args, options}: PeopleCall): boolean {
  return args.length > 0 || valueOf(options, 'output') === 'wide';
}

import {nothing, text, type Reply} from '../../cli/operation.ts';
import {openCluster} from '../../kube/open-cluster.ts';
import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {forPrograms} from '../format.ts';
import {paintOf} from '../paint.ts';
import {withActivity} from './activity.ts';
import {agentView, recordedView, type AgentView} from './agent-view.ts';
import {readAgents, recordedRuns} from './read-agents.ts';
import {asTable, summary, type Look} from './rows.ts';

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

/** The table, and below it, on a terminal, how many there are of each kind. */
export function screen(views: readonly AgentView[], nowMs: number, look: Look): string {
  const drawn = asTable(views, nowMs, look);
  return look.width === Infinity ? drawn : `${drawn}\n${look.paint.dim(summary(views))}\n`;
}

/** The agents that the flags leave. */
export function chosen(views: readonly AgentView[], {options}: PeopleCall): readonly AgentView[] {
  if (!isSet(options, 'notRunning')) return views;
  return views.filter(({state}) => state !== 'running');
}

export function lookOf(call: PeopleCall): Look {
  const {output} = call.streams;
  return {
    paint: paintOf(call),
    width: output.isTTY ? output.columns : Infinity,
    isWide: valueOf(call.options, 'output') === 'wide',
  };
}

function asksTerminals({args, options}: PeopleCall): boolean {
  return args.length > 0 || valueOf(options, 'output') === 'wide';
}

/** As kubectl says "No resources found", on stderr. */
export function emptyWords({options}: PeopleCall, namespace: string): string {
  const which = isSet(options, 'notRunning') ? 'every agent runs' : 'there are no agents';
  return `${which} in namespace "${namespace}"`;
}

import {stripVTControlCharacters} from 'node:util';
import {nothing, type Reply} from '../../cli/operation.ts';
import {duration} from '../../config/values.ts';
import {isKubeFailure, PodFailedError, UsageError} from '../../errors.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import {openApi, type Api} from '../../kube/open-api.ts';
import {openCluster} from '../../kube/open-cluster.ts';
import {podLog, type LogLine, type PodLogQuery} from '../../kube/pod-log.ts';
import {findPod} from '../../pod/find.ts';
import {AGENT_CONTAINER} from '../../pod/labels.ts';
import {checkedSession} from '../../pod/names.ts';
import {lastRunOf} from '../../run/last-run.ts';
import {runOfPod} from '../../run/run-of-pod.ts';
import {isOver} from '../../run/run.ts';
import {absentSession} from '../absent-session.ts';
import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {recordSeenEnds} from '../record-seen-ends.ts';
import {paintOf} from '../paint.ts';
import {agentView} from '../status/agent-view.ts';
import {byTime, clusterErrors, isErrorLine} from './errors.ts';
import {followLog} from './follow-log.ts';
import {withLastLines} from './removed-log.ts';
import {reportedPod} from './reported-pod.ts';

/** What one call of `logs` works with. */
interface LogsContext {
  readonly call: PeopleCall;
  readonly cluster: Cluster;
  readonly api: Api;
  readonly pod: Pod;
  readonly query: PodLogQuery;
}

export async function run(call: PeopleCall): Promise<Reply> {
  const session = checkedSession(call.args[0]);
  const asked = queryOf(call);
  const [cluster, api] = await Promise.all([openCluster('gc-k8s', call), openApi('gc-k8s', call)]);
  const found = await findPod(cluster, session);
  if (!found) return recordedLines(call, cluster, session);
  const pod = await reportedPod(cluster, found, call.deadline.signal);
  const nowMs = cluster.serverTimeMs();
  const query = {
    ...asked,
    pod: pod.metadata.name,
    ...sinceOf(call, nowMs),
  };
  const context = {call, cluster, api, pod, query};
  try {
    await (isSet(call.options, 'errors') ? printErrors(context) : printAll(context));
  } catch (error) {
    throw explained(error, context);
  }
  const last = query.follow ? await findPod(cluster, session) : pod;
  if (last) await recordSeenEnds(call, cluster, [last]);
  return nothing;
}

/** Prints the last lines from the record of a run without a pod; raises when there is no record. */
async function recordedLines(call: PeopleCall, cluster: Cluster, session: string): Promise<Reply> {
  const last = await lastRunOf(cluster, session);
  if (last === undefined) throw absentSession([session], cluster.namespace);
  const {lastLines = [], error = ''} = last;
  call.warn(
    `the pod of "${session}" is gone, and its log with it; this is what its record gc-run-${last.id} keeps`,
  );
  const hasErrors = isSet(call.options, 'errors');
  const tail = Number(valueOf(call.options, 'tail') ?? Infinity);
  const shown = lastLines.filter(line => !hasErrors || isErrorLine(line)).slice(-tail || Infinity);
  for (const text of shown) await call.print(printed({time: '', text}, call));
  if (hasErrors && error !== '') {
    const time = last.endedAt ?? '';
    await call.print(printed({time, text: `cluster: ${error}`}, call));
  }
  return nothing;
}

async function printAll(scene: LogsContext): Promise<void> {
  const {call, api, pod, query} = scene;
  const lines = query.follow ? followLog(api, query, () => isEnded(scene)) : podLog(api, query);
  for await (const line of withLastLines(lines, pod, call.warn)) {
    await call.print(printed(line, call));
  }
}

/** Prints errors of the agent and of the cluster by time and, with -f, later ones of the agent. */
async function printErrors(scene: LogsContext): Promise<void> {
  const {call, cluster, api, pod, query} = scene;
  const lines: LogLine[] = await clusterErrors(cluster, pod, call.warn);
  let last: LogLine | undefined;
  try {
    const all = podLog(api, {...query, follow: false});
    for await (const line of withLastLines(all, pod, call.warn)) {
      last = line;
      if (isErrorLine(stripVTControlCharacters(line.text))) lines.push(line);
    }
  } catch (error) {
    // A container that never started has no log, only the cluster's messages.
    if (!isKubeFailure(error, 'invalid') || lines.length === 0) throw error;
  }
  for (const line of byTime(lines)) await call.print(printed(line, call));
  if (!query.follow) return;
  const later = {...query, ...(last === undefined ? {} : {sinceTime: last.time})};
  for await (const line of followLog(api, later, () => isEnded(scene))) {
    if (line.time === last?.time || !isErrorLine(stripVTControlCharacters(line.text))) continue;
    await call.print(printed(line, call));
  }
}

function printed({time, text}: LogLine, call: PeopleCall): string {
  const {options, streams} = call;
  const hasErrors = isSet(options, 'errors');
  const isRaw = streams.output.isTTY && !hasErrors;
  const shown = isRaw ? text : stripVTControlCharacters(text).replaceAll('\r', '');
  const paint = paintOf(call);
  const prefix =
    hasErrors || isSet(options, 'timestamps') ? `${paint.dim(time === '' ? '-' : time)} ` : '';
  return `${prefix}${hasErrors ? paint.red(shown) : shown}\n`;
}

async function isEnded({cluster, pod}: LogsContext): Promise<boolean> {
  const now = await findPod(cluster, runOfPod(pod, 0).session);
  if (now?.metadata.uid !== pod.metadata.uid || now === undefined) return true;
  return isOver(runOfPod(now, 0).state);
}

/** Replaces the kubelet's "is waiting to start" by the reason from the pod's status. */
function explained(error: unknown, {cluster, pod}: LogsContext): unknown {
  if (!isKubeFailure(error, 'invalid') || !error.detail.includes('waiting to start')) return error;
  const {session, why = 'it is not up yet'} = agentView(pod, cluster.serverTimeMs());
  return new PodFailedError(`session "${session}" has no log yet: ${why}`, {cause: error});
}

function queryOf({options}: PeopleCall): Omit<PodLogQuery, 'pod'> {
  const tail = valueOf(options, 'tail');
  if (tail !== undefined && !/^\d{1,9}$/.test(tail)) {
    throw new UsageError(`--tail must be a whole number, not ${JSON.stringify(tail)}`);
  }
  return {
    container: AGENT_CONTAINER,
    follow: isSet(options, 'follow'),
    ...(tail === undefined ? {} : {tailLines: Number(tail)}),
  };
}

function sinceOf({options}: PeopleCall, nowMs: number): {sinceTime?: string} {
  const since = valueOf(options, 'since');
  if (since === undefined) return {};
  return {sinceTime: new Date(nowMs - duration(since, '--since')).toISOString()};
}

import {nothing, type Reply} from '../cli/operation.ts';
import {visible} from '../cli/visible.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {deletePod} from '../pod/delete.ts';
import {allPods} from '../pod/find.ts';
import {checkedSession} from '../pod/names.ts';
import {isRecorded} from '../run/record.ts';
import {stopRecorded} from '../run/stop-recorded.ts';
import {absentSession} from './absent-session.ts';
import type {PeopleCall} from './command.ts';
import {wantsJsonOrYaml, asJsonOrYaml} from './format.ts';

/** The result for one of a session's pods; that a session has two is rare. */
interface StopResult {
  readonly session: string;
  readonly pod: string;
  /** How its run ended; only for a run with a record. */
  readonly state?: string;
  readonly reason?: string;
}

/** Deletes each session's pods and reports it; afterwards raises for the sessions without a pod. */
export async function run(call: PeopleCall): Promise<Reply> {
  const sessions = call.args.map(checkedSession);
  const cluster = await openCluster('gc-k8s', call);
  const isForPrograms = wantsJsonOrYaml(call.options);
  const stopped: StopResult[] = [];
  const absent: string[] = [];
  for (const session of sessions) {
    const pods = await allPods(cluster, session);
    if (pods.length === 0) absent.push(session);
    for (const pod of pods) {
      const one = await stopOne(cluster, {session, pod, warn: call.warn});
      stopped.push(one);
      if (!isForPrograms) await call.print(asLine(one));
    }
  }
  const printed = await asJsonOrYaml({version: 1, stopped, absent}, call.options);
  if (printed !== undefined) await call.print(printed);
  if (absent.length === 0) return nothing;
  throw absentSession(absent, cluster.namespace);
}

async function stopOne(
  cluster: Cluster,
  {session, pod, warn}: {session: string; pod: Pod; warn: (text: string) => void},
): Promise<StopResult> {
  const {name} = pod.metadata;
  if (isRecorded(pod)) {
    const {state, reason = 'unknown'} = await stopRecorded(cluster, pod, warn);
    return {session, pod: name, state, reason};
  }
  await deletePod(cluster, pod);
  return {session, pod: name};
}

function asLine({session, pod, state, reason}: StopResult): string {
  const how = state === undefined ? `, pod ${pod} deleted` : `: ${state} (${reason ?? 'unknown'})`;
  return `${visible(`session "${session}" stopped${how}`)}\n`;
}

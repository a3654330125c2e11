import {nothing, type Reply} from '../cli/operation.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {deletePod} from '../pod/delete.ts';
import {findPod} from '../pod/find.ts';
import {checkedSession} from '../pod/names.ts';
import {isRecorded} from '../run/record.ts';
import {stopRecorded} from '../run/stop-recorded.ts';
import {absentSession} from './absent-session.ts';
import type {PeopleCall} from './command.ts';

/** Deletes each session's pod and says so; raises for those that have none once the others are done. */
export async function run(call: PeopleCall): Promise<Reply> {
  const sessions = call.args.map(checkedSession);
  const cluster = await openCluster('gc-k8s', call);
  const absent: string[] = [];
  for (const session of sessions) {
    const pod = await findPod(cluster, session);
    if (pod === undefined) {
      absent.push(session);
      continue;
    }
    if (!isRecorded(pod)) {
      await deletePod(cluster, pod);
      await call.print(`session "${session}" stopped, pod ${pod.metadata.name} deleted\n`);
      continue;
    }
    const {state, reason} = await stopRecorded(cluster, pod, call.warn);
    await call.print(`session "${session}" stopped: ${state} (${reason ?? 'unknown'})\n`);
  }
  if (absent.length === 0) return nothing;
  throw absentSession(absent, cluster.namespace);
}

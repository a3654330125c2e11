import {nothing, type Reply} from '../cli/operation.ts';
import {visible} from '../cli/visible.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {findPod} from '../pod/find.ts';
import {checkedSession} from '../pod/names.ts';
import {awaitEnd} from '../run/await-end.ts';
import {cancelRun} from '../run/cancel.ts';
import type {Run} from '../run/run.ts';
import {absentSession} from './absent-session.ts';
import type {PeopleCall} from './command.ts';
import {wantsJsonOrYaml, asJsonOrYaml} from './format.ts';
import {recordSeenEnds} from './record-seen-ends.ts';

export async function run(call: PeopleCall): Promise<Reply> {
  const session = checkedSession(call.args[0]);
  const cluster = await openCluster('gc-k8s', call);
  const pod = await findPod(cluster, session);
  if (!pod) throw absentSession([session], cluster.namespace);
  const isForPrograms = wantsJsonOrYaml(call.options);
  const graceSeconds = await cancelRun({cluster, session, deadline: call.deadline});
  if (!isForPrograms) {
    await call.print(
      `session "${session}": SIGINT sent, SIGKILL follows after ${graceSeconds} s\n`,
    );
  }
  const isAwaited = call.options.wait !== false;
  const end = isAwaited ? await awaitEnd(cluster, pod) : undefined;
  const cancelled = {
    version: 1,
    session,
    pod: pod.metadata.name,
    graceSeconds,
    ...(end && {run: end}),
  };
  const printed = await asJsonOrYaml(cancelled, call.options);
  if (printed !== undefined) await call.print(printed);
  else if (isAwaited) await call.print(`session "${session}"${end ? endedAs(end) : GONE}\n`);
  if (end) await recordSeenEnds(call, cluster, [(await findPod(cluster, session)) ?? pod]);
  return nothing;
}

const GONE = ': its pod is gone';

function endedAs({state, error = ''}: Run): string {
  // The message of a cancelled run already begins with its state.
  return ` ${visible(error.startsWith(state) ? error : [state, error].filter(Boolean).join(': '))}`;
}

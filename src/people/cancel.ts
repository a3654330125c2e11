import {nothing, text, type Reply} from '../cli/operation.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {findPod} from '../pod/find.ts';
import {checkedSession} from '../pod/names.ts';
import {awaitEnd} from '../run/await-end.ts';
import {cancelRun} from '../run/cancel.ts';
import {absentSession} from './absent-session.ts';
import type {PeopleCall} from './command.ts';
import {wantsJsonOrYaml, asJsonOrYaml} from './format.ts';

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
  if (printed !== undefined) return text(printed);
  if (!isAwaited) return nothing;
  if (!end) return text(`session "${session}": its pod is gone\n`);
  const {state, error = ''} = end;
  // The message of a cancelled run already begins with its state.
  const words = error.startsWith(state) ? error : [state, error].filter(Boolean).join(': ');
  return text(`session "${session}" ${words}\n`);
}

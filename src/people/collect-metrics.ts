import {setting} from '../config/settings.ts';
import type {Cluster} from '../kube/cluster.ts';
import {resolveConnection} from '../kube/kubeconfig.ts';
import {log} from '../log.ts';
import {metricsText} from '../run/metrics.ts';
import type {KnownRun} from '../run/list-runs.ts';
import {readTotals} from '../run/totals-store.ts';
import {workspaceBytes} from '../run/workspace-size.ts';
import type {PeopleCall} from './command.ts';

/** The metrics of these runs as text. `sizes` keeps workspace sizes from one call to the next. */
export async function collect(
  call: PeopleCall,
  cluster: Cluster,
  runs: readonly KnownRun[],
  sizes = new Map<string, number>(),
): Promise<string> {
  const {contextName} = await resolveConnection(call.env, {
    context: setting(call.env, 'context'),
    onWarning: warning => log.warn('kubeconfig.warning', {warning}),
  });
  return metricsText({
    cluster: contextName,
    runs,
    stored: await readTotals(cluster),
    workspaceBytes: await workspaceBytes(cluster, runs, {deadline: call.deadline, sizes}),
  });
}

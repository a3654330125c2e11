import {text, type Reply} from '../cli/operation.ts';
import {withConfigFile} from '../config/config-file.ts';
import {setting} from '../config/settings.ts';
import {UsageError} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {resolveConnection} from '../kube/kubeconfig.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {log} from '../log.ts';
import {metricsText} from '../run/metrics.ts';
import {surveyRuns, type Known} from '../run/survey.ts';
import {readTotals} from '../run/totals-store.ts';
import {workspaceBytes} from '../run/workspace-size.ts';
import {valueOf, type PeopleCall} from './command.ts';

export async function run(call: PeopleCall): Promise<Reply> {
  const port = valueOf(call.options, 'serve');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw new UsageError(`--serve ${port} is no port; a number up to 65535 is`);
  }
  const cluster = await openCluster('gc-k8s', call);
  if (port === undefined) return text(await collect(call, cluster, await surveyRuns(cluster)));
  const {serveMetrics} = await import('./serve-metrics.ts');
  const env = await withConfigFile(call.env);
  return serveMetrics({...call, env}, cluster, {
    port: Number(port),
    address: valueOf(call.options, 'address') ?? '127.0.0.1',
  });
}

/** The metrics of these runs as text. `sizes`: of workspaces, from one call to the next. */
export async function collect(
  call: PeopleCall,
  cluster: Cluster,
  runs: readonly Known[],
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

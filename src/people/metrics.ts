import {text, type Reply} from '../cli/operation.ts';
import {withConfigFile} from '../config/config-file.ts';
import {UsageError} from '../errors.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {listRuns} from '../run/list-runs.ts';
import {collect} from './collect-metrics.ts';
import {valueOf, type PeopleCall} from './command.ts';

export async function run(call: PeopleCall): Promise<Reply> {
  const port = valueOf(call.options, 'serve');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw new UsageError(`--serve ${port} is no port; a number up to 65535 is`);
  }
  const cluster = await openCluster('gc-k8s', call);
  if (port === undefined) return text(await collect(call, cluster, await listRuns(cluster)));
  const {serveMetrics} = await import('./serve-metrics.ts');
  const env = await withConfigFile(call.env);
  return serveMetrics({...call, env}, cluster, {
    port: Number(port),
    address: valueOf(call.options, 'address') ?? '127.0.0.1',
  });
}

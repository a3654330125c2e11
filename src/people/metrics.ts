import {nothing, type Reply} from '../cli/operation.ts';
import {withConfigFile} from '../config/config-file.ts';
import {UsageError} from '../errors.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {listRuns} from '../run/list-runs.ts';
import {collect} from './collect-metrics.ts';
import {valueOf, type PeopleCall} from './command.ts';
import {recordSeenEnds} from './record-seen-ends.ts';

export async function run(call: PeopleCall): Promise<Reply> {
  const port = valueOf(call.options, 'serve');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw new UsageError(`--serve ${port} is no port; a number up to 65535 is`);
  }
  const cluster = await openCluster('gc-k8s', call);
  if (port === undefined) {
    const runs = await listRuns(cluster);
    await call.print(await collect(call, cluster, runs));
    const pods = runs.flatMap(({pod}) => pod ?? []);
    await recordSeenEnds(call, cluster, pods);
    return nothing;
  }
  const {serveMetrics} = await import('./serve-metrics.ts');
  const env = await withConfigFile(call.env);
  return serveMetrics({...call, env}, cluster, {
    port: Number(port),
    address: valueOf(call.options, 'address') ?? '127.0.0.1',
  });
}

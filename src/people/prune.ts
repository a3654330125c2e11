import {text, type Reply} from '../cli/operation.ts';
import {withConfigFile} from '../config/config-file.ts';
import {runSettings} from '../config/run-settings.ts';
import {duration} from '../config/values.ts';
import {openCluster} from '../kube/open-cluster.ts';
import {planPrune, prune, type PrunePlan} from '../run/prune.ts';
import {reportedState, type Run} from '../run/run.ts';
import {reconcileRecords, listRuns} from '../run/list-runs.ts';
import {isSet, valueOf, type PeopleCall} from './command.ts';
import {counted} from './counted.ts';
import {asJsonOrYaml} from './format.ts';
import {recordResultEvents} from './result-events.ts';
import {table} from './table.ts';

export async function run(call: PeopleCall): Promise<Reply> {
  const settings = runSettings(await withConfigFile(call.env));
  const given = valueOf(call.options, 'olderThan');
  const ageMs = given === undefined ? settings.retentionAge : duration(given, '--older-than');
  const isDry = isSet(call.options, 'dryRun');
  const cluster = await openCluster('gc-k8s', call);
  const found = await listRuns(cluster);
  const runs = isDry ? found : await reconcileRecords(cluster, found);
  if (!isDry && settings.resultEvents) await recordResultEvents(call, cluster, runs);
  const plan = planPrune(runs, {
    ...{ageMs, count: settings.retentionCount},
    ...(given === undefined || ageMs === 0 ? {} : {minAgeMs: ageMs}),
    nowMs: cluster.serverTimeMs(),
  });
  if (!isDry) await prune(cluster, plan);
  const printed = await asJsonOrYaml(
    {version: 1, dryRun: isDry, pods: plan.pods.map(({run: each}) => each), records: plan.records},
    call.options,
  );
  return text(printed ?? asTable(plan, isDry));
}

function asTable({pods, records}: PrunePlan, isDry: boolean): string {
  const did = isDry ? 'would be deleted' : 'deleted';
  const row = (kind: string, name: string, run: Run) => [
    ...[kind, name, run.session, reportedState(run), run.endedAt ?? '-'],
  ];
  const rows = [
    ...pods.map(({run: each, pod}) => row('pod', pod.metadata.name, each)),
    ...records.map(each => row('record', `gc-run-${each.id}`, each)),
  ];
  const summary = `${counted(pods.length, 'pod')} and ${counted(records.length, 'record')} ${did}\n`;
  if (rows.length === 0) return summary;
  return table(['KIND', 'NAME', 'SESSION', 'STATE', 'ENDED'], rows) + summary;
}

import {type MetricObjectWithValues, type MetricValue, Registry} from 'prom-client';
import type {Run} from './run.ts';
import {isOver} from './run.ts';
import {isRecorded} from './record.ts';
import type {KnownRun} from './list-runs.ts';
import {BUCKETS, ERROR_TYPES, type Totals, withRun} from './totals.ts';
import type {StoredTotals} from './totals-store.ts';

export interface MetricsFacts {
  /** The value of the label `cluster`: the kubeconfig's context. */
  readonly cluster: string;
  readonly runs: readonly KnownRun[];
  readonly stored: StoredTotals;
  /** The total size of all workspaces measured. */
  readonly workspaceBytes: number;
}

/** The five agent metrics, in Prometheus's text format. */
export async function metricsText(facts: MetricsFacts): Promise<string> {
  const registry = new Registry();
  for (const metric of metricsOf(facts)) {
    // prom-client's own metric classes count within this process; these values come from the cluster.
    registry.registerMetric({...metric, get: () => Promise.resolve(metric)} as never);
  }
  return registry.metrics();
}

const NO_ERRORS = Object.fromEntries(ERROR_TYPES.map(type => [type, 0]));

type Metric = Omit<MetricObjectWithValues<MetricValue<string> & {metricName?: string}>, 'collect'>;

function metricsOf(facts: MetricsFacts): Metric[] {
  const {cluster, workspaceBytes} = facts;
  const totals = countedRuns(facts);
  const byState = Object.entries(totals.byState);
  return [
    metric(
      'agent_runtime_invocations_total',
      'counter',
      'Runs of agents that ended, by their end',
      [...byState.map(([status, {count}]) => ({labels: {cluster, status}, value: count}))],
    ),
    metric('agent_runtime_duration_seconds', 'histogram', 'How long runs of agents took', [
      ...histogram(totals, cluster),
    ]),
    metric('agent_runtime_active_agents', 'gauge', 'Agents that run now', [
      {labels: {cluster}, value: facts.runs.filter(({run}) => run.state === 'running').length},
    ]),
    metric('agent_runtime_workspace_size_bytes', 'gauge', 'Size of the workspaces there are', [
      {labels: {cluster}, value: workspaceBytes},
    ]),
    metric('agent_runtime_errors_total', 'counter', 'Runs of agents that failed, by the reason', [
      ...Object.entries({...NO_ERRORS, ...totals.errors}).map(([type, value]) => ({
        labels: {cluster, error_type: type},
        value,
      })),
    ]),
  ];
}

/**
 * Totals of all ended runs: those with pruned records and those still visible, each counted once. A run
 * that gets no record is not counted, because the counters would fall when its pod is deleted.
 */
export function countedRuns({runs, stored}: Pick<MetricsFacts, 'runs' | 'stored'>): Totals {
  const lasting = runs.filter(({pod, record}) => record ?? (pod && isRecorded(pod)));
  const seen: Run[] = lasting.map(({run}) => run).filter(({state}) => isOver(state));
  return seen.filter(({id}) => !stored.counted.has(id)).reduce(withRun, stored.totals);
}

function histogram({byState}: Totals, cluster: string): Metric['values'] {
  const name = 'agent_runtime_duration_seconds';
  return Object.entries(byState).flatMap(([status, {count, sumSeconds, buckets}]) => {
    let below = 0;
    const bars = BUCKETS.map((bound, at) => {
      below += buckets[at] ?? 0;
      return {metricName: `${name}_bucket`, labels: {le: bound, cluster, status}, value: below};
    });
    return [
      ...bars,
      {metricName: `${name}_bucket`, labels: {le: '+Inf', cluster, status}, value: count},
      {metricName: `${name}_sum`, labels: {cluster, status}, value: sumSeconds},
      {metricName: `${name}_count`, labels: {cluster, status}, value: count},
    ];
  });
}

function metric(
  name: string,
  type: 'counter' | 'gauge' | 'histogram',
  help: string,
  values: Metric['values'],
): Metric {
  return {name, help, type: type as never, aggregator: 'sum', values};
}

import {reportedState, type EndReason, type Run} from './run.ts';

/** Histogram upper bounds in seconds, from an instant command to a session of a day. */
export const BUCKETS = [
  ...[1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
  ...[7200, 14_400, 28_800, 57_600, 86_400],
] as const;

/** Counts of the ended runs in one state. */
export interface StateTotals {
  readonly count: number;
  readonly sumSeconds: number;
  /** Runs per bucket, not cumulative, with BUCKETS[i] as upper bound; longer ones are only in `count`. */
  readonly buckets: readonly number[];
}

/** Counts of ended runs; they never decrease. */
export interface Totals {
  readonly byState: Readonly<Record<string, StateTotals>>;
  /** Failed runs, by the reason of their end. */
  readonly errors: Readonly<Record<string, number>>;
}

const NO_RUN: StateTotals = {count: 0, sumSeconds: 0, buckets: BUCKETS.map(() => 0)};

/** Counters start at 0 instead of being absent, so that their first increase is visible in Prometheus. */
export const ZERO_TOTALS: Totals = {
  byState: {success: NO_RUN, failed: NO_RUN, timeout: NO_RUN, cancelled: NO_RUN, unknown: NO_RUN},
  errors: {},
};

/** Why runs fail: the values of `error_type`, all of which are exported at 0 for the same reason. */
export const ERROR_TYPES = [
  ...(['exit_code', 'signal', 'oom_killed', 'terminal_lost'] as const),
  ...(['evicted', 'preempted', 'node_lost', 'deleted'] as const),
  ...(['image_pull', 'container_config', 'unschedulable', 'quota', 'start_failed'] as const),
  'unknown',
] as const satisfies readonly EndReason[];

/** The totals with one more ended run. */
export function withRun(totals: Totals, run: Run): Totals {
  const seconds = run.durationSeconds ?? 0;
  const reported = reportedState(run);
  const before = totals.byState[reported];
  const at = BUCKETS.findIndex(bound => seconds <= bound);
  const buckets = BUCKETS.map((_, index) => (before?.buckets[index] ?? 0) + (index === at ? 1 : 0));
  const state = {
    count: (before?.count ?? 0) + 1,
    sumSeconds: (before?.sumSeconds ?? 0) + seconds,
    buckets,
  };
  const {reason = 'unknown'} = run;
  return {
    byState: {...totals.byState, [reported]: state},
    errors:
      reported === 'failed'
        ? {...totals.errors, [reason]: (totals.errors[reason] ?? 0) + 1}
        : totals.errors,
  };
}

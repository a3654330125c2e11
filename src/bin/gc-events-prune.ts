import {runOnly} from '../cli/run.ts';
import {VERSION} from '../version.ts';

void runOnly({
  name: 'gc-events-prune',
  version: VERSION,
  operations: {
    prune: {
      usage: '',
      summary: 'deletes the oldest events: GC_K8S_EVENTS_KEEP, GC_K8S_EVENTS_MAX_AGE',
      // The CronJob's activeDeadlineSeconds is a little longer.
      budgetMs: 280_000,
      load: () => import('../events/ops/prune.ts'),
    },
  },
});

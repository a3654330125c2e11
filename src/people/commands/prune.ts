import type {Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const prune: Command = {
  name: 'prune',
  summary: 'deletes ended pods and old records, as retention says',
  flags: [
    {flags: '--dry-run', meaning: 'only list what would be deleted'},
    {
      flags: '--older-than <age>',
      meaning: 'only what is older, in place of GC_K8S_RETENTION_AGE: 30m, 1h, 7d',
    },
    ...outputFlags(),
  ],
  examples: [
    ['prune --dry-run', 'see what would be deleted'],
    ['prune --older-than 1h', 'delete ended pods and records that are older, kept or not'],
  ],
  notes:
    'GC_K8S_RETENTION decides, when an agent starts, whether its ended pod is kept; GC_K8S_RETENTION_AGE and GC_K8S_RETENTION_COUNT decide, when this runs, for how long and how many. Deleted runs stay counted for `metrics`. Unrecorded ends are written to their records first (not with --dry-run).',
  // The CronJob's activeDeadlineSeconds is a little longer.
  budgetMs: 280_000,
  load: () => import('../prune.ts'),
};

import type {Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const prune: Command = {
  name: 'prune',
  summary: 'deletes ended pods and old records, as retention says',
  flags: [
    {flags: '--dry-run', meaning: 'only list what would go'},
    {flags: '--older-than <age>', meaning: 'in place of GC_K8S_RETENTION_AGE: 30m, 1h, 7d'},
    ...outputFlags(),
  ],
  examples: [
    ['prune --dry-run', 'see what would go'],
    ['prune --older-than 1h', 'delete kept pods and records that are older'],
  ],
  notes:
    'Which ended pods are kept is said by GC_K8S_RETENTION when their agents start; age and number by GC_K8S_RETENTION_AGE and GC_K8S_RETENTION_COUNT when this runs. What goes stays counted for `metrics`. First, ends that nobody saw are brought into their records (not with --dry-run).',
  // The CronJob's activeDeadlineSeconds is a little longer.
  budgetMs: 280_000,
  load: () => import('../prune.ts'),
};

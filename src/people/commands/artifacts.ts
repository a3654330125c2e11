import type {Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const artifacts: Command = {
  name: 'artifacts',
  takes: '<session> [directory]',
  summary: 'lists what an agent left in $GC_ARTIFACTS_DIR, or copies it here',
  flags: [
    {flags: '--archive <file>', meaning: 'into one tar.gz file instead of a directory'},
    ...outputFlags(),
  ],
  examples: [
    ['artifacts mayor', 'list them, with size and checksum'],
    ['artifacts mayor out/', 'copy them below out/, each checked against its checksum'],
    ['artifacts mayor --archive mayor.tar.gz', 'keep them as one file, before prune takes the pod'],
  ],
  notes:
    'After a run with a record has ended, they can be copied for GC_K8S_ARTIFACTS_KEEP (15m); its record lists them for longer. Links that lead out of the directory are refused, others are not followed.',
  budgetMs: 3_600_000,
  load: () => import('../artifacts.ts'),
};

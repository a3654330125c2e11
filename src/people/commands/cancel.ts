import type {Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const cancel: Command = {
  name: 'cancel',
  takes: '<session>',
  summary: 'ends an agent as Ctrl-C would, and waits for its end',
  flags: [{flags: '--no-wait', meaning: 'only ask; the pod does the rest'}, ...outputFlags()],
  examples: [['cancel mayor', 'let the agent end, and say how it did']],
  notes:
    'SIGINT goes to the whole process group of the agent; what is left after GC_K8S_STOP_GRACE (default 30 s, fixed when the agent starts) is killed. GC_K8S_RETENTION decides whether the pod is kept.',
  // Only the pod knows its grace period; an hour is longer than any.
  budgetMs: 3_600_000,
  load: () => import('../cancel.ts'),
};

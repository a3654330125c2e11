import type {Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const stop: Command = {
  name: 'stop',
  takes: '<session...>',
  summary: 'deletes the pods of sessions',
  flags: outputFlags(),
  examples: [['stop mayor deacon', 'end two agents and delete their pods']],
  notes:
    'The pod is deleted at once and its agent has a few seconds to end; gc may start it again. `cancel` lets an agent finish what its trap does. Records are of one-shot runs and of those that GC_K8S_RETENTION keeps.',
  load: () => import('../stop.ts'),
};

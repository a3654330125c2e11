import type {Command} from '../command.ts';

export const attach: Command = {
  name: 'attach',
  takes: '<session>',
  summary: "the agent's terminal on this one",
  examples: [['attach mayor', 'look over its shoulder; Ctrl-b d leaves it running']],
  budgetMs: Infinity,
  load: () => import('../attach.ts'),
};

import {isSet, type Command} from '../command.ts';

export const logs: Command = {
  name: 'logs',
  takes: '<session>',
  summary: 'what an agent wrote to its terminal',
  flags: [
    {flags: '-f, --follow', meaning: 'stay, and show what it writes from now on'},
    {flags: '--errors', meaning: 'only what looks like an error, with what the cluster has to say'},
    {flags: '--tail <lines>', meaning: 'only the last lines'},
    {flags: '--since <time>', meaning: 'only lines younger than this: 90s, 10m, 24h'},
    {flags: '--timestamps', meaning: 'with the time of each line'},
  ],
  examples: [
    ['logs mayor --tail 50', 'its last lines'],
    ['logs mayor -f', 'stay with it'],
    ['logs mayor --errors', 'what went wrong, when, and what the cluster says of it'],
  ],
  notes:
    'The log is what the terminal was sent, so it lives as long as the pod, also after its agent has\nended. Colours and cursor movements are left in on a terminal and taken out elsewhere.',
  budgetMs: options => (isSet(options, 'follow') ? Infinity : 120_000),
  load: () => import('../logs/run-logs.ts'),
};

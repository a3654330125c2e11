import {isSet, type Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const status: Command = {
  name: 'status',
  takes: '[session...]',
  summary: 'what each agent does, since when, and why it does not run',
  flags: [
    {flags: '-w, --watch', meaning: 'stay, and show every change'},
    {flags: '--not-running', meaning: 'only agents that do not run'},
    ...outputFlags('wide'),
  ],
  examples: [
    ['status', 'all agents'],
    ['status mayor', 'one of them, with its last activity and its pod'],
    ['status --not-running', 'what needs a look'],
    ['status -w', 'stay and watch'],
    ['status -o wide', 'with last activity, agent, node and image'],
    ['status -o json', 'for programs'],
  ],
  notes:
    "One list call, however many agents. -o wide, and naming sessions, also asks each running\nagent's terminal for its last activity. A named session whose pod is gone is shown from\nthe record of its last run, if it has one.",
  budgetMs: options => (isSet(options, 'watch') ? Infinity : 60_000),
  load: () => import('../status/run-status.ts'),
};

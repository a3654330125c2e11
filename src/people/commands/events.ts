import type {Command} from '../command.ts';
import {FILTER_FLAGS} from '../events/event.ts';
import {outputFlags} from '../format.ts';

const tail: Command = {
  name: 'tail',
  summary: 'the newest events, and each new one until Ctrl-C',
  flags: [
    {flags: '--last <count>', meaning: 'start with this many past events (default 10)'},
    ...FILTER_FLAGS.slice(0, 3),
    {flags: '--json', meaning: 'each event as one line of JSON'},
  ],
  examples: [
    ['events tail', 'what happens in the city'],
    ['events tail --type bead.created --last 0', 'new beads from now on'],
  ],
  budgetMs: Infinity,
  load: () => import('../events/tail.ts'),
};

const list: Command = {
  name: 'list',
  summary: 'the events there are, oldest first',
  flags: [
    {flags: '--last <count>', meaning: 'only this many of the newest (default 50; 0: all)'},
    ...FILTER_FLAGS,
    ...outputFlags(),
  ],
  examples: [
    ['events list --since 1h', 'the last hour'],
    ['events list --actor mayor --last 0 -o json', "all of the mayor's events, in full"],
  ],
  load: () => import('../events/list.ts'),
};

const stats: Command = {
  name: 'stats',
  summary: 'how many events there are, of which types and by whom',
  flags: [...FILTER_FLAGS, ...outputFlags()],
  examples: [['events stats --since 24h', 'a day in numbers']],
  load: () => import('../events/stats.ts'),
};

const prune: Command = {
  name: 'prune',
  summary: 'deletes the oldest events',
  flags: [
    {flags: '--keep <count>', meaning: 'keep this many of the newest (GC_K8S_EVENTS_KEEP); 0: all'},
    {
      flags: '--older-than <time>',
      meaning: 'delete older ones (GC_K8S_EVENTS_MAX_AGE): 24h, 7d; 0: none',
    },
    {flags: '--dry-run', meaning: 'only print how many would be deleted'},
    ...outputFlags(),
  ],
  examples: [
    ['events prune --dry-run', 'what the settings would delete'],
    ['events prune --older-than 24h', 'keep one day'],
  ],
  // The CronJob's activeDeadlineSeconds is a little longer.
  budgetMs: 280_000,
  load: () => import('../events/prune.ts'),
};

export const events: Command = {
  name: 'events',
  summary: "the city's event log: tail, list, stats, prune",
  commands: [tail, list, stats, prune],
};

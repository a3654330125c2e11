import type {Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'look at every link between here and an agent at work, and say what is broken',
  flags: [{flags: '--no-dolt', meaning: 'leave out the database'}, ...outputFlags()],
  examples: [
    ['doctor', 'is everything there that agents need?'],
    ['doctor --no-dolt', 'for a city that does without Dolt'],
    ['doctor -o json', 'for programs'],
  ],
  notes:
    'Makes one or two throw-away pods and deletes them. The exit code is 1 when a link is broken; a\nwarning breaks nothing.',
  budgetMs: 300_000,
  load: () => import('../doctor/run-doctor.ts'),
};

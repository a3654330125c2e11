import type {Command} from '../command.ts';
import {outputFlags} from '../format.ts';

export const config: Command = {
  name: 'config',
  takes: '[variable...]',
  summary: 'every setting: its value and where that came from',
  flags: outputFlags(),
  examples: [
    ['config', 'what the agents are started with'],
    ['config GC_K8S_IMAGE GC_K8S_NAMESPACE', 'two of them'],
    ['config -o json', 'for programs'],
  ],
  notes:
    'Sources: flag, environment, a line of the file that GC_K8S_CONFIG names, default, or unset. Values of secrets are shown as ***. A value that is not valid is marked, and the exit code is 1.',
  load: () => import('../config.ts'),
};

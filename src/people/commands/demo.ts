import type {Command} from '../command.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'half a minute of a city with three stand-in agents',
  flags: [{flags: '--keep', meaning: 'leave the city running, and say how to go on'}],
  examples: [
    ['demo', 'on an embedded cluster on this machine: Node and tmux are enough'],
    ['demo --context kind-gc', 'on the cluster of a kubeconfig context, in a namespace of its own'],
  ],
  budgetMs: Infinity,
  load: () => import('../demo.ts'),
};

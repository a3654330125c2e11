import type {Command} from '../command.ts';

export const manifest: Command = {
  name: 'manifest',
  takes: '<session> [file]',
  summary: 'the pod that a start JSON would make; nothing is created',
  flags: [
    {flags: '-o, --output <format>', meaning: 'yaml (default) or json', choices: ['yaml', 'json']},
    {flags: '--json', meaning: 'the same as -o json'},
    {flags: '--provision', meaning: 'the pod of `provision`: a box without an agent'},
  ],
  examples: [
    ['manifest mayor start.json', 'read the start JSON from a file'],
    [
      'manifest mayor <start.json | kubectl apply --dry-run=server -f -',
      'would the cluster take it?',
    ],
  ],
  notes:
    'The start JSON is the one that gc gives `gc-session-k8s start`; it and all settings are checked\nas `start` does, and the cluster is not asked. Commands, prompts, files and secrets are in no\nmanifest: they travel into the pod once it runs.',
  load: () => import('../manifest.ts'),
};

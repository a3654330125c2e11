import {join} from 'node:path';
import {quoted} from './quoted.ts';
import type {Place} from './place/place.ts';

/** The variables that gc or a user needs to reach what `--keep` left running. */
const FOR_THE_READER = [
  'KUBECONFIG',
  'GC_K8S_CONTEXT',
  'GC_K8S_NAMESPACE',
  'GC_K8S_IMAGE',
] as const;

/** Shell lines to continue with a city that was left running, and to end it. */
export function keptLines(
  {environment, endCommand}: Place,
  {executables, session}: {executables: string; session: string},
): string[] {
  const program = join(executables, 'gc-session-k8s');
  const exports = FOR_THE_READER.flatMap(name => {
    const value = environment[name] ?? '';
    return value === '' ? [] : [`export ${name}=${quoted(value)}`];
  });
  return [
    '',
    '# The city is left running. With these, gc finds it, and so do you:',
    ...exports,
    `export GC_SESSION=${quoted(`exec:${program}`)}`,
    `export GC_EVENTS=${quoted(`exec:${join(executables, 'gc-events-k8s')}`)}`,
    '# By hand:',
    `${quoted(program)} attach ${quoted(session)}    # detach with Ctrl-b d`,
    '# To end it:',
    endCommand,
  ];
}

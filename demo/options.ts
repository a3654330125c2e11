import {parseArgs} from 'node:util';
import {UsageError} from '../src/errors.ts';

export interface DemoOptions {
  /** A context of the kubeconfig; undefined for the embedded cluster. */
  readonly context: string | undefined;
  /** Leave the city running at the end. */
  readonly keep: boolean;
  readonly help: boolean;
}

export const USAGE = `demo [--context NAME] [--keep]

Starts three stand-in agents, nudges them, shows their terminals, kills one and cleans up.

  --context NAME  on the cluster of this kubeconfig context, in a namespace of its own that is
                  deleted at the end; GC_K8S_IMAGE must name an image with tmux.
                  Without it an embedded cluster runs on this machine: Node and tmux are enough.
  --keep          leave the city running and print the variables with which to go on
`;

/** Parses the arguments after `demo`; raises UsageError that names the invalid one. */
export function demoOptions(args: readonly string[]): DemoOptions {
  try {
    const {values} = parseArgs({
      args: [...args],
      options: {
        context: {type: 'string'},
        keep: {type: 'boolean', default: false},
        help: {type: 'boolean', short: 'h', default: false},
      },
    });
    return {context: values.context, keep: values.keep, help: values.help};
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${why}; see demo --help`, {cause: error});
  }
}

/** A cluster and a namespace in it, for one demo. */
export interface Place {
  /** Brings it up; gives what it is, in a few words. */
  readonly open: (signal: AbortSignal) => Promise<string>;
  /** What gc's environment holds so that its two executables find the place. */
  readonly environment: NodeJS.ProcessEnv;
  /** Removes all of it, whatever `open` came to; resolves once nothing is left, with what that was. */
  readonly close: () => Promise<string>;
  /** What runs needs its directory on this machine for as long as it runs. */
  readonly isOnThisMachine: boolean;
  /** How a reader ends what `--keep` left running: a command. */
  readonly endCommand: string;
}

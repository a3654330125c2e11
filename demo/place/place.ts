/** Where a demo runs: a cluster and a namespace. */
export interface Place {
  /** Brings it up; returns a short description. */
  readonly open: (signal: AbortSignal) => Promise<string>;
  /** The environment with which gc's two executables find it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Removes everything, even after a failed `open`; resolves to a description of what was removed. */
  readonly close: () => Promise<string>;
  /** True when it needs the demo's directory as long as it runs. */
  readonly isOnThisMachine: boolean;
  /** The command that ends what `--keep` left running. */
  readonly endCommand: string;
}

/** One thing to put into the pod, at an absolute path there. */
export type Entry =
  | {readonly kind: 'directory'; readonly mode: number}
  | {readonly kind: 'link'; readonly target: string}
  /** A file of this machine. `size` is what it had when it was looked at. */
  | {
      readonly kind: 'file';
      readonly source: string;
      readonly size: number;
      readonly mode: number;
      /** Kept, so that git need not read every file again. */
      readonly modified: Date;
    }
  | {readonly kind: 'text'; readonly content: Buffer; readonly mode: number};

/** Destination path in the pod → entry, in the order in which tar must carry them. */
export type Plan = Map<string, Entry>;

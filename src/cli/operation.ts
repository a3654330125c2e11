import type {Deadline} from '../time/deadline.ts';

/** One call of an executable: what an operation gets to work with. */
export interface Call {
  /** The arguments after the operation's name. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly deadline: Deadline;
  /** All of stdin. */
  readonly readInput: () => Promise<Buffer>;
  /**
   * Writes to stdout at once, for operations that stream; resolves when more can be written. Exits the
   * process when nobody reads stdout any more.
   */
  readonly print: (piece: string | Buffer) => Promise<void>;
  /** The user's terminal. */
  readonly streams: Streams;
  /** Prints a warning on stderr. */
  readonly warn: (text: string) => void;
}

export interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** The result of an operation; `cli/reply.ts` turns it into stdout and an exit code. */
export type Reply =
  | {readonly kind: 'nothing'}
  | {readonly kind: 'text'; readonly text: string | Buffer}
  | {readonly kind: 'exit'; readonly code: number};

export const nothing: Reply = {kind: 'nothing'};

/** Printed exactly, without an added newline. */
export function text(value: string | Buffer): Reply {
  return {kind: 'text', text: value};
}

/** `true` or `false` and a newline. */
export function flag(value: boolean): Reply {
  return {kind: 'text', text: `${value ? 'true' : 'false'}\n`};
}

/** One value a line. */
export function lines(values: readonly string[]): Reply {
  return {kind: 'text', text: values.map(value => `${value}\n`).join('')};
}

/** The exit code of a command that ran elsewhere, as our own. */
export function exit(code: number): Reply {
  return {kind: 'exit', code};
}

/** A row of an executable's table of operations. */
export interface Operation {
  /** What it takes after its name, for --help: `<session> [lines]`. */
  readonly usage: string;
  readonly summary: string;
  /** Its time limit in milliseconds from the start of the process; Infinity for none. */
  readonly budgetMs: number;
  /** True when its caller takes a failure for an answer: it gives up no sooner than its time limit. */
  readonly triesToTheEnd?: boolean;
  /** The exit code of a failure of ours, where 1 may be that of the command it ran; 1 by default. */
  readonly failureExitCode?: number;
  /** The exit code when nobody reads its output any more (`… | head -1`); 0 by default. */
  readonly unreadExitCode?: number;
  readonly load: () => Promise<{readonly operation: (call: Call) => Promise<Reply>}>;
}

export type Operations = Readonly<Record<string, Operation>>;

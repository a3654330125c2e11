import type {Deadline} from '../time/deadline.ts';

/** One call of an executable, as an operation sees it. */
export interface Call {
  /** What follows the operation's name. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly deadline: Deadline;
  /** All of stdin. */
  readonly readInput: () => Promise<Buffer>;
  /** Writes to stdout at once, for the operations that stream; resolves when the reader keeps up. Ends the process when the reader has left. */
  readonly print: (piece: string | Buffer) => Promise<void>;
  /** The user's terminal. */
  readonly streams: Streams;
  /** Says something on stderr that does not fail the operation. */
  readonly warn: (text: string) => void;
}

export interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** What an operation has to say; `cli/reply.ts` turns it into stdout and an exit code. */
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

/** The exit code of a command that ran elsewhere, mirrored. */
export function exit(code: number): Reply {
  return {kind: 'exit', code};
}

/** A row of an executable's table of contents. */
export interface Operation {
  /** What it takes after its name, for --help: `<session> [lines]`. */
  readonly usage: string;
  readonly summary: string;
  /** Milliseconds from the start of the process, Infinity for those without a budget. */
  readonly budgetMs: number;
  /** The exit code of a failed transport, where a mirrored 1 would be mistaken for it. */
  readonly failureExitCode?: number;
  /** The exit code when what it streams finds no reader any more (`… | head -1`); 0 by default. */
  readonly unreadExitCode?: number;
  readonly load: () => Promise<{readonly operation: (call: Call) => Promise<Reply>}>;
}

export type Operations = Readonly<Record<string, Operation>>;

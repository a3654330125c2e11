import type {Call, Reply} from '../cli/operation.ts';

/** What the flags of one call were set to, by their long names in camel case. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

/** One call of a command. Its `env` has the flags -n, --context and --kubeconfig worked in. */
export interface PeopleCall extends Call {
  readonly options: Options;
}

/** A command of gc-k8s: what its help says, and where its work is done. */
export interface Command {
  readonly name: string;
  /** As commander writes them: `<session> [directory]`, `[session...]`. */
  readonly takes?: string;
  readonly summary: string;
  /** Flags, as commander writes them, and what they do; the same flag never means two things. */
  readonly flags?: readonly Flag[];
  /** Command lines without the program's name, each with what it is good for. */
  readonly examples?: readonly (readonly [line: string, meaning: string])[];
  /** More for --help, after the flags. */
  readonly notes?: string;
  /** Milliseconds that it may take; Infinity when these options make it go on. Default: 60 s. */
  readonly budgetMs?: number | ((options: Options) => number);
  readonly load?: () => Promise<{readonly run: (call: PeopleCall) => Promise<Reply>}>;
  /** Commands of its own, in place of `load`: `events list`. */
  readonly commands?: readonly Command[];
}

export interface Flag {
  readonly flags: string;
  readonly meaning: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
}

/** True when the flag was given. */
export function isSet(options: Options, name: string): boolean {
  return options[name] === true;
}

/** The flag's value, if it was given. */
export function valueOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

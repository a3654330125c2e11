import type {Call, Reply} from '../cli/operation.ts';
import type {FirstAnswer} from '../kube/first-answer.ts';

/** The flags of one call, by their long names in camel case. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

/** One call of a command. The flags -n, --context and --kubeconfig are merged into `env`. */
export interface PeopleCall extends Call {
  readonly options: Options;
  readonly firstAnswer: FirstAnswer;
}

/** A command of gc-k8s: its help text and its implementation. */
export interface Command {
  readonly name: string;
  /** Arguments in commander's syntax: `<session> [directory]`, `[session...]`. */
  readonly takes?: string;
  readonly summary: string;
  /** Flags in commander's syntax; a flag means the same in every command. */
  readonly flags?: readonly Flag[];
  /** Command lines without the program's name, each with its purpose. */
  readonly examples?: readonly (readonly [line: string, meaning: string])[];
  /** Text for --help, shown after the flags. */
  readonly notes?: string;
  /** Time limit in milliseconds; Infinity for options that make it run on. Default: 60 s. */
  readonly budgetMs?: number | ((options: Options) => number);
  readonly load?: () => Promise<{readonly run: (call: PeopleCall) => Promise<Reply>}>;
  /** Subcommands, instead of `load`: `events list`. */
  readonly commands?: readonly Command[];
}

export interface Flag {
  readonly flags: string;
  readonly meaning: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
}

/** True when the flag was given. */
export function isSet(options: Options, name: string): boolean {
  return options[name] === true;
}

/** The flag's value; undefined when it was not given. */
export function valueOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

import {basename} from 'node:path';
import {Command as Commander, CommanderError, Option} from 'commander';
import type {Parsed} from '../cli/run-parsed.ts';
import {UsageError} from '../errors.ts';
import {FirstAnswer} from '../kube/first-answer.ts';
import {VERSION} from '../version.ts';
import type {Command, Options, PeopleCall} from './command.ts';
import {commands} from './commands.ts';
import {COMPLETE} from './commands/completion.ts';
import {withConnectionFlags} from './connection-flags.ts';

/** Most commands take less than a second; a cluster that hangs for this long is down. */
const USUAL_MS = 60_000;

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed, or called wrongly; one line on stderr says why and what to do
  130  interrupted (Ctrl-C); 143 when told to end by SIGTERM
`;

/** The program's name as it was called; kubectl runs `kubectl-gc` as a plugin. */
export function programName(path: string | undefined): string {
  return basename(path ?? '').startsWith('kubectl-gc') ? 'kubectl gc' : 'gc-k8s';
}

/** Parses a command line, the program's own path first. Raises UsageError for an invalid one. */
export function parse([path, ...words]: readonly string[]): Parsed {
  if (words[0] === COMPLETE && words[1] === '--') return completionOf(words.slice(2));
  let text = '';
  let refusing: Commander | undefined;
  let chosen: Parsed | undefined;
  const program = commandLine(programName(path), (command, name, args, options) => {
    chosen = operationOf(command, name, args, options);
  });
  quietly(program, {write: piece => (text += piece), refuse: command => (refusing ??= command)});
  try {
    program.parse(asHelpFlag(words, program), {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // There is text for --help, --version, and a command called without arguments.
    if (text === '') throw new UsageError(oneLine(error.message, refusing ?? program));
  }
  return chosen ?? {kind: 'text', text};
}

/** Completes a line that is being typed: its words are not flags of this call. */
function completionOf(words: readonly string[]): Parsed {
  const load = async () => {
    const {complete} = await import('./completion/complete.ts');
    const tree = commandLine('gc-k8s', () => undefined);
    return {run: (call: PeopleCall) => complete(call, tree)};
  };
  return operationOf({name: COMPLETE, summary: '', load}, COMPLETE, [...words], flagsIn(words));
}

/** The connection flags in the line so far. */
function flagsIn(words: readonly string[]): Options {
  const options: Record<string, string> = {};
  for (const [at, word] of words.entries()) {
    const [name = '', value = words[at + 1]] = word.split('=', 2);
    const flag = name === '-n' ? 'namespace' : name.slice(2);
    const isBegun = at + (word.includes('=') ? 0 : 1) === words.length - 1;
    if (value !== undefined && !isBegun && /^(-n|--(namespace|context|kubeconfig))$/.test(name)) {
      options[flag] = value;
    }
  }
  return options;
}

type Choose = (command: Command, name: string, args: string[], options: Options) => void;

/** The commander tree of all commands. */
export function commandLine(name: string, choose: Choose): Commander {
  const program = new Commander(name)
    .description('Shows and steers the agents of a Gas City on Kubernetes.')
    .version(`${name} ${VERSION}`, '--version', 'print the version')
    .option('-n, --namespace <name>', 'namespace of the agents (GC_K8S_NAMESPACE, else gc)')
    .option('--context <name>', 'kubeconfig context (GC_K8S_CONTEXT, else the current one)')
    .option('--kubeconfig <file>', 'kubeconfig file (KUBECONFIG, else ~/.kube/config)')
    .configureHelp({showGlobalOptions: true})
    .addHelpText('after', EXIT_CODES)
    .helpCommand('help [command]', 'show what a command does, with examples');
  for (const command of commands) add(program, command, [], choose);
  return program;
}

function add(parent: Commander, command: Command, above: readonly string[], choose: Choose): void {
  const path = [...above, command.name];
  const child = parent.command(command.name).description(command.summary);
  child.helpOption('-h, --help', 'show this').addHelpText('after', () => afterHelp(child, command));
  if (command.takes !== undefined) child.arguments(command.takes);
  for (const {flags, meaning, choices} of command.flags ?? []) {
    const option = new Option(flags, meaning);
    child.addOption(choices === undefined ? option : option.choices(choices));
  }
  for (const inner of command.commands ?? []) add(child, inner, path, choose);
  if (command.load === undefined) return;
  child.action(() => {
    choose(command, path.join(' '), child.args, child.optsWithGlobals());
  });
}

interface Outlet {
  readonly write: (text: string) => void;
  /** Called with each command that rejects its arguments, innermost first. */
  readonly refuse: (command: Commander) => void;
}

/** Keeps commander from writing and exiting: only `cli/` does that. */
function quietly(command: Commander, outlet: Outlet): void {
  const {write} = outlet;
  command.exitOverride(error => {
    outlet.refuse(command);
    throw error;
  });
  command.configureOutput({writeOut: write, outputError: () => undefined});
  if (command.commands.length > 0) command.configureOutput({writeErr: write});
  for (const inner of command.commands) quietly(inner, outlet);
}

/**
 * Turns `help events list` into `events list --help`: commander's own `help` knows only one level, and
 * answers an unknown command with the general help.
 */
function asHelpFlag(words: readonly string[], program: Commander): readonly string[] {
  const [first, ...asked] = words;
  if (first !== 'help' || asked.length === 0) return words;
  let command = program;
  for (const [at, word] of asked.entries()) {
    const inner = command.commands.find(each => each.name() === word);
    // Parsed as a command, it is rejected with a suggestion.
    if (!inner && command.commands.length > 0) return asked.slice(0, at + 1);
    if (!inner) return [...asked.slice(0, at), '--help'];
    command = inner;
  }
  return [...asked, '--help'];
}

function afterHelp(child: Commander, {examples = [], notes}: Command): string {
  const root = rootOf(child).name();
  const lines = examples.map(([line, meaning]) => `  # ${meaning}\n  ${root} ${line}\n`);
  const more = notes === undefined ? '' : `\n${notes}\n`;
  return `${more}${lines.length === 0 ? '' : `\nExamples:\n${lines.join('\n')}`}`;
}

function rootOf(command: Commander): Commander {
  return command.parent === null ? command : rootOf(command.parent);
}

function oneLine(message: string, command: Commander): string {
  const words = message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return `${words}; see ${fullName(command)} --help`;
}

function fullName(command: Commander): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function operationOf(command: Command, name: string, args: string[], options: Options): Parsed {
  const {budgetMs = USUAL_MS, load} = command;
  if (load === undefined) throw new Error(`${name} has nothing to run`);
  return {
    kind: 'operation',
    name,
    args,
    operation: {
      usage: command.takes ?? '',
      summary: command.summary,
      budgetMs: typeof budgetMs === 'number' ? budgetMs : budgetMs(options),
      load: async () => {
        const {run} = await load();
        return {
          operation: call => {
            const firstAnswer = new FirstAnswer(call.warn);
            const peopleCall: PeopleCall = {...call, args, options, firstAnswer};
            return run(withConnectionFlags(peopleCall));
          },
        };
      },
    },
  };
}

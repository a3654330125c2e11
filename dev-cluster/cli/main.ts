import {readFileSync} from 'node:fs';
import {Command, CommanderError} from 'commander';
import {down} from './down.ts';
import {clearFaults, listFaults, newToken, addFault} from './fault.ts';
import type {FaultFlags} from './fault-names.ts';
import {epilogue, faultEpilogue, faultList} from './help.ts';
import {lockHolder} from './lock-file.ts';
import type {ClusterLocation} from './cluster-location.ts';
import {clusterLocation} from './cluster-location.ts';
import {statusText} from './status.ts';
import {up} from './up.ts';

const notUnderstood = 2;

/** Runs the command line; returns the exit code. */
export async function main(args: readonly string[], version: string): Promise<number> {
  const chosen: Chosen = {run: () => Promise.resolve(0)};
  const program = commandLine(version, chosen);
  try {
    program.parse(args, {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return fail(
      '',
      args.length === 0 ? 'name a command; see --help' : oneLine(error),
      notUnderstood,
    );
  }
  try {
    return await chosen.run();
  } catch (error) {
    return fail(args[0] ?? '', error instanceof Error ? error.message : String(error), 1);
  }
}

export interface Chosen {
  run: () => Promise<number>;
}

interface Common {
  readonly directory?: string;
}

export function commandLine(version: string, chosen: Chosen): Command {
  const program = new Command('gc-dev-cluster')
    .description('A small Kubernetes on this machine, for trying and testing, not for production.')
    .version(`gc-dev-cluster ${version}`, '--version', 'print the version')
    .option('--directory <dir>', 'keep state, credentials and port in DIR (default: in memory)')
    .configureHelp({showGlobalOptions: true})
    .addHelpText('after', epilogue);
  /** Sets the action of a command, which gets the location from the flags. */
  const does = (run: (location: ClusterLocation) => Promise<number>): void => {
    chosen.run = () => run(clusterLocation(program.opts<Common>().directory, process.env));
  };
  program
    .command('up')
    .description('starts it and stays; Ctrl-C stops it')
    .option('-d, --detach', 'come back as soon as it is ready', false)
    .option('--namespace <name>', 'the namespace of its kubeconfig', 'default')
    .action((options: {detach: boolean; namespace: string}) => {
      does(location => up(location, options).then(() => 0));
    });
  program
    .command('down')
    .description('stops it, or clears away what a killed one left')
    .action(() =>
      does(async location =>
        print((await down(location)) ? 'stopped\n' : 'no cluster was running\n'),
      ),
    );
  program
    .command('status')
    .description('says whether it runs, and where (exit 1 when it does not)')
    .action(() =>
      does(location => {
        const {isUp, text} = statusText(location);
        print(text);
        return Promise.resolve(isUp ? 0 : 1);
      }),
    );
  program
    .command('kubeconfig')
    .description('prints its kubeconfig')
    .action(() => does(location => Promise.resolve(print(kubeconfigAt(location)))));
  addFaultCommand(program, does);
  program
    .command('demo')
    .description('shows a city of three stand-in agents on one of its own; see demo --help');
  return quietly(program);
}

function addFaultCommand(
  program: Command,
  does: (run: (location: ClusterLocation) => Promise<number>) => void,
): void {
  const fault = program
    .command('fault')
    .description('orders a fault; `list` shows what is set, `clear [ID]` takes it away')
    .argument('<name>', 'a name below, or JSON; list, clear, token')
    .argument('[id]', 'clear: the one to take away')
    .option('--on <what>', 'a verb, a resource or both: "create pods", "pods/exec" (default: all)')
    .option('--name <name>', 'the one object')
    .option('--times <n>', 'how many are hit, or always (default: 1)')
    .option('--nth <n>', 'the first that is hit (default: 1)')
    .option('--after', 'after the request took effect')
    .option('--seconds <n>', 'how long, how late, how far')
    .option('--bytes <n>', 'after so much output')
    .option('--events <n>', 'after so many events')
    .addHelpText('after', () => `\n${faultList()}\n${faultEpilogue}`);
  fault.action((name: string, id: string | undefined, flags: FaultFlags) =>
    does(async location => {
      if (name === 'list') return print(await listFaults(location));
      if (name === 'clear') return print(await clearFaults(location, id));
      if (name === 'token') return print(await newToken(location));
      return print(await addFault(location, name, flags));
    }),
  );
}

/** Keeps commander from printing errors and exiting. */
function quietly(program: Command): Command {
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({writeErr: () => undefined});
  }
  return program;
}

function kubeconfigAt(location: ClusterLocation): string {
  if (lockHolder(location) === undefined)
    throw new Error('no cluster is running; `gc-dev-cluster up` starts one');
  return readFileSync(location.kubeconfig, 'utf8');
}

function oneLine({message}: Error): string {
  return `${message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')}; see --help`;
}

function fail(command: string, why: string, exitCode: number): number {
  process.stderr.write(`gc-dev-cluster${command === '' ? '' : ` ${command}`}: ${why}\n`);
  return exitCode;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

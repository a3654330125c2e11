import {readFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {down} from './down.ts';
import {helpText} from './help.ts';
import {holderOf} from './claim.ts';
import {placeAt} from './place.ts';
import {statusText} from './status.ts';
import {up} from './up.ts';

const options = {
  directory: {type: 'string'},
  detach: {type: 'boolean', short: 'd', default: false},
  namespace: {type: 'string', default: 'default'},
  help: {type: 'boolean', short: 'h', default: false},
  version: {type: 'boolean', default: false},
} as const;

/** Runs the command that the arguments name; gives back the exit code. */
export async function main(args: readonly string[], version: string): Promise<number> {
  const [command = ''] = args;
  try {
    return await runCommand(args, version);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`gc-dev-cluster ${command}: ${why}\n`);
    return isUsage(error) ? 2 : 1;
  }
}

function isUsage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE');
}

async function runCommand(args: readonly string[], version: string): Promise<number> {
  const {values, positionals} = parseArgs({args: [...args], options, allowPositionals: true});
  const [command = ''] = positionals;
  if (values.version) return print(`gc-dev-cluster ${version}\n`);
  if (values.help || command === 'help') return print(helpText);
  const place = placeAt(values.directory, process.env);
  switch (command) {
    case 'up':
      await up(place, values);
      return 0;
    case 'down':
      return print((await down(place)) ? 'stopped\n' : 'no cluster was running\n');
    case 'status': {
      const {isUp, text} = statusText(place);
      print(text);
      return isUp ? 0 : 1;
    }
    case 'kubeconfig':
      if (holderOf(place) === undefined)
        throw new Error('no cluster is running; `gc-dev-cluster up` starts one');
      return print(readFileSync(place.kubeconfig, 'utf8'));
    default:
      process.stderr.write(
        command === ''
          ? 'usage: gc-dev-cluster <command>; see --help\n'
          : `gc-dev-cluster: unknown command ${JSON.stringify(command)}; see --help\n`,
      );
      return 2;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

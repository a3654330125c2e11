import type {Flag, Options} from './command.ts';
import {isSet, valueOf} from './command.ts';

/** The `-o` and `--json` flags; `tables` are the other table formats of the command. */
export function outputFlags(...tables: readonly string[]): readonly Flag[] {
  return [
    {
      flags: '-o, --output <format>',
      meaning: 'another form than the table',
      choices: ['json', 'yaml', ...tables],
    },
    {flags: '--json', meaning: 'the same as -o json'},
  ];
}

/** True for `-o json`, `-o yaml` and `--json`: nothing else may be printed then. */
export function wantsJsonOrYaml(options: Options): boolean {
  return isSet(options, 'json') || ['json', 'yaml'].includes(valueOf(options, 'output') ?? '');
}

/** The value as JSON or YAML; undefined when the options ask for a table. */
export async function asJsonOrYaml(value: object, options: Options): Promise<string | undefined> {
  switch (isSet(options, 'json') ? 'json' : valueOf(options, 'output')) {
    case 'json':
      return `${JSON.stringify(value, undefined, 2)}\n`;
    case 'yaml': {
      const {dump} = await import('js-yaml');
      return dump(value, {noRefs: true, lineWidth: -1, skipInvalid: true});
    }
    default:
      return undefined;
  }
}

import type {Flag, Options} from './command.ts';
import {isSet, valueOf} from './command.ts';

/** `-o` of commands that print more than a table, with the tables that they have besides. */
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

/** True when `-o json`, `-o yaml` or `--json` was given: then nothing else is printed. */
export function asksForPrograms(options: Options): boolean {
  return isSet(options, 'json') || ['json', 'yaml'].includes(valueOf(options, 'output') ?? '');
}

/** The value as `-o json` or `-o yaml` wants it; undefined when a table is wanted. */
export async function forPrograms(value: object, options: Options): Promise<string | undefined> {
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

import type {Flag, Options} from './command.ts';
import {valueOf} from './command.ts';

/** `-o` of commands that print more than a table. */
export const OUTPUT_FLAG: Flag = {
  flags: '-o, --output <format>',
  meaning: 'for programs',
  choices: ['json', 'yaml'],
};

/** The value as `-o json` or `-o yaml` wants it; undefined when a table is wanted. */
export async function forPrograms(value: object, options: Options): Promise<string | undefined> {
  switch (valueOf(options, 'output')) {
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

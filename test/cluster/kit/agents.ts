import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';

const DIRECTORY = resolve(import.meta.dirname, '../../agents');

/** The command of a stand-in agent: the text of `test/agents/<name>.sh`. */
export function agent(name: string): string {
  return readFileSync(resolve(DIRECTORY, `${name}.sh`), 'utf8');
}

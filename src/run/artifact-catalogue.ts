import {posix} from 'node:path';
import {ARTIFACTS} from '../pod/paths.ts';
import type {Artifact} from './run.ts';

/** What catalogue.sh printed. */
export interface Catalogue {
  readonly artifacts: readonly Artifact[];
  /** What was refused, and why. */
  readonly errors: readonly string[];
}

/** Lines `SHA256 SIZE MODE NAME` and `! WORDS`; the last one may be cut off in a termination message. */
export function readCatalogue(text: string): Catalogue {
  const lines = text.split('\n').slice(0, -1);
  const artifacts: Artifact[] = [];
  const errors: string[] = [];
  for (const line of lines) {
    const [, sha256, size, mode, name] = /^([0-9a-f]{64}) (\d+) ([0-7]+) (.+)$/.exec(line) ?? [];
    if (sha256 !== undefined && mode !== undefined && name !== undefined) {
      artifacts.push({path: posix.join(ARTIFACTS, name), size: Number(size), mode, sha256});
    } else if (line.startsWith('! ')) errors.push(line.slice(2));
  }
  if (text !== '' && !text.endsWith('\n')) errors.push('there are more than fit here');
  return {artifacts, errors};
}

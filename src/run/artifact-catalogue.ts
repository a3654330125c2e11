import {posix} from 'node:path';
import {ARTIFACTS} from '../pod/paths.ts';
import type {Artifact} from './run.ts';

/** The parsed output of catalogue.sh. */
export interface Catalogue {
  readonly artifacts: readonly Artifact[];
  /** Rejected files, each with the reason. */
  readonly errors: readonly string[];
}

/** Parses lines `SHA256 SIZE MODE NAME` and `! MESSAGE`; a termination message may truncate the last one. */
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

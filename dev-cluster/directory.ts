import {mkdirSync, statSync} from 'node:fs';
import {dirname} from 'node:path';

/**
 * Makes a directory and those above it that are missing, for the owner alone. Node's own `recursive` tries
 * for ever where a file system answers ENOENT although the directory above is there, as /proc does.
 */
export function makePrivateDirectory(path: string): void {
  if (statSync(path, {throwIfNoEntry: false})?.isDirectory() === true) return;
  makePrivateDirectory(dirname(path));
  mkdirSync(path, {mode: 0o700});
}

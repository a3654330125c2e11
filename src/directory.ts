import {mkdirSync, statSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {messageOf, UsageError} from './errors.ts';

/**
 * Makes a directory and those above it that are missing. Node's own `recursive` tries for ever where a file
 * system answers ENOENT although the directory above is there, as /proc does. Raises the file system's error.
 */
export function makeDirectory(path: string, mode = 0o777): void {
  const whole = resolve(path);
  if (isDirectory(whole)) return;
  makeDirectory(dirname(whole), mode);
  try {
    mkdirSync(whole, {mode});
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!isDirectory(whole)) throw error;
  }
}

/** As `makeDirectory`, for a path that a person named: raises UsageError with that path. */
export function makeDestination(path: string): void {
  try {
    makeDirectory(path);
  } catch (error) {
    throw new UsageError(
      `cannot make the directory ${path}: ${messageOf(error)}; name one that can be made`,
      {cause: error},
    );
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true;
}

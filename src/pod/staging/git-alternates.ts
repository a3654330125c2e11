import {existsSync, readFileSync} from 'node:fs';
import {posix} from 'node:path';

/** A file by which a repository borrows the objects of others (gitrepository-layout(5)). */
const ALTERNATES = /(^|\/)objects\/info\/alternates$/;

/** True for the path of a file that lists where a repository borrows objects. */
export function isAlternates(path: string): boolean {
  return ALTERNATES.test(path);
}

/**
 * The directories whose objects a repository with this file needs, also those that the lenders borrow
 * themselves. What is listed may not exist.
 */
export function lenders(file: string, known: ReadonlySet<string> = new Set()): string[] {
  const objects = posix.dirname(posix.dirname(file));
  const found = new Set(known);
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const lender = posix.resolve(objects, line);
    if (found.has(lender)) continue;
    found.add(lender);
    const next = posix.join(lender, 'info/alternates');
    if (existsSync(next)) for (const further of lenders(next, found)) found.add(further);
  }
  return [...found].filter(lender => !known.has(lender));
}

/** True to leave out a path of borrowed objects: what is about all of the lender's objects, and half-written packs. */
export function isLendersOwn(path: string): boolean {
  return path === 'info' || /^pack\/(multi-pack-index|tmp_)/.test(path);
}

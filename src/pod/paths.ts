import {realpathSync} from 'node:fs';
import {posix} from 'node:path';

/** Where the city lives in a pod. */
export const WORKSPACE = '/workspace';

/** The directory of our own files in a pod. */
export const RUN = '/run/gc';

/** Files that tell the agent about its session, its start and its cluster. */
export const CONTEXT = `${RUN}/context`;

/** The log of the agent's output, and below it the artifacts that the agent leaves. */
export const OUTPUT = `${RUN}/output`;
export const ARTIFACTS = `${OUTPUT}/artifacts`;

/** Directories that a compatibility mount must not cover, with everything below them. */
const SYSTEM_TREES = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/run',
  '/var/lib',
];
/** The same for the directory itself: below it a mount is fine. */
const SYSTEM_DIRECTORIES = [
  '/',
  '/home',
  '/mnt',
  '/media',
  '/opt',
  '/root',
  '/srv',
  '/tmp',
  '/var',
  '/var/tmp',
  '/Users',
];

/** Maps paths of the controller's machine to paths in the pod. */
export class PathMap {
  /** The city's directory on the controller's machine, normalised; undefined when there is none. */
  readonly city: string | undefined;
  #realCity: string | undefined;

  constructor(city: string | undefined) {
    this.city = !city?.startsWith('/') ? undefined : normal(city);
  }

  /** A path below the city maps below /workspace; undefined for any other. */
  inCity(path: string): string | undefined {
    const rest = this.belowCity(path);
    return rest === undefined ? undefined : posix.join(WORKSPACE, rest);
  }

  /**
   * The path relative to the city, `''` for the city itself; undefined when it is not below it. One of
   * the two may be named by a link (`/tmp` on macOS): where the text tells nothing, the real paths do.
   */
  belowCity(path: string): string | undefined {
    if (this.city === undefined) return undefined;
    const rest = below(this.city, normal(path));
    if (rest !== undefined || !path.startsWith('/')) return rest;
    this.#realCity ??= real(this.city);
    return below(this.#realCity, real(normal(path)));
  }

  /** The work directory in the pod: outside the city (or without one) it is the workspace itself. */
  workDirectory(path: string | undefined): string {
    return (path === undefined ? undefined : this.inCity(path)) ?? WORKSPACE;
  }

  /** Where the workspace is mounted a second time, so that absolute paths in staged files hold. */
  compatibilityMount(): string | undefined {
    const {city} = this;
    if (city === undefined || SYSTEM_DIRECTORIES.includes(city)) return undefined;
    const isSystem = SYSTEM_TREES.some(tree => below(tree, city) !== undefined);
    const clashes = below(WORKSPACE, city) !== undefined || below(city, WORKSPACE) !== undefined;
    return isSystem || clashes || city.includes(':') ? undefined : city;
  }
}

/** A path without links, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === '/' ? path : posix.join(real(posix.dirname(path)), posix.basename(path));
  }
}

/** The path relative to `root`, `''` for the root itself; undefined when it is not below it. */
export function below(root: string, path: string): string | undefined {
  if (path === root) return '';
  const prefix = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** Without `.`, `..`, doubled and trailing slashes. */
export function normal(path: string): string {
  const result = posix.normalize(path);
  return result.length > 1 && result.endsWith('/') ? result.slice(0, -1) : result;
}

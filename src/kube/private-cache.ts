import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {makeDirectory} from '../directory.ts';

/** Files that were not written for so long are deleted; those in use are written again sooner. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 3600 * 1000;

/** The user's cache directory: GC_EXEC_STATE_DIR, else XDG_CACHE_HOME, else ~/.cache; undefined without a HOME. */
export function cacheRoot(env: NodeJS.ProcessEnv): string | undefined {
  const {GC_EXEC_STATE_DIR: own, XDG_CACHE_HOME: caches, HOME: home} = env;
  const given = [own, caches, home && `${home}/.cache`];
  return given.find(directory => directory !== undefined && directory !== '');
}

// Paths are put together without `join`: normalizing the same few paths was the hottest loop of a short call.

/**
 * Keeps one kind of secret between processes, in files that no other user can read or could have written.
 * Problems are warnings, never errors: without a cache a call only takes longer.
 */
export class PrivateCache {
  readonly #directory: string;
  readonly #kind: string;
  readonly #onWarning: (message: string) => void;

  /** @param kind what is kept, for messages, and the directory's name below `gc-k8s` */
  constructor(root: string, kind: string, onWarning: (message: string) => void = () => undefined) {
    this.#directory = `${root}/gc-k8s/${kind}`;
    this.#kind = kind;
    this.#onWarning = onWarning;
  }

  /** The file's content; undefined when there is none, or when somebody else could have written it. */
  read(name: string): Buffer | undefined {
    return this.#attempt('read', name, path => {
      // Without O_NONBLOCK, opening a FIFO that somebody put there would block.
      const {O_RDONLY, O_NOFOLLOW, O_NONBLOCK} = constants;
      const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      try {
        const stat = fstatSync(file);
        const isOurs = stat.isFile() && stat.uid === process.getuid?.();
        return isOurs && (stat.mode & 0o077) === 0 ? readFileSync(file) : undefined;
      } finally {
        closeSync(file);
      }
    });
  }

  /** Replaces the file atomically, and deletes old ones. */
  write(name: string, data: string | Buffer): void {
    this.#attempt('written', name, path => {
      makeDirectory(this.#directory, 0o700);
      // Fails when the directory is somebody else's.
      chmodSync(this.#directory, 0o700);
      // Pods that share a home directory may have processes with the same id.
      const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      writeFileSync(draft, data, {mode: 0o600, flag: 'wx'});
      renameSync(draft, path);
      this.#forget();
    });
  }

  drop(name: string): void {
    this.#attempt('removed', name, path => rmSync(path, {force: true}));
  }

  /** Deletes the files of users, servers and certificates that are no longer used. */
  #forget(): void {
    for (const name of readdirSync(this.#directory)) {
      const path = `${this.#directory}/${name}`;
      const stat = statSync(path, {throwIfNoEntry: false});
      if (stat && stat.mtimeMs < Date.now() - FORGOTTEN_AFTER_MS) rmSync(path, {force: true});
    }
  }

  #attempt<T>(what: string, name: string, action: (path: string) => T): T | undefined {
    const path = `${this.#directory}/${name}`;
    try {
      return action(path);
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' || what === 'written') {
        this.#onWarning(
          `cache of ${this.#kind}: ${path} cannot be ${what} (${code ?? 'unknown error'})`,
        );
      }
      return undefined;
    }
  }
}

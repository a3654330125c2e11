import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';

/** What each call of a busy city reads is written again long before. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 3600 * 1000;

/** The directory below which this user's caches lie: XDG's, unless GC_EXEC_STATE_DIR names another. */
export function cacheRoot(env: NodeJS.ProcessEnv): string | undefined {
  const {GC_EXEC_STATE_DIR: own, XDG_CACHE_HOME: caches, HOME: home} = env;
  const given = [own, caches, home && join(home, '.cache')];
  return given.find(directory => directory !== undefined && directory !== '');
}

/**
 * One kind of secret that is cheaper to keep than to get again, in files that nobody else can read
 * or could have written. A cache that does not work costs time only: it warns and is done without.
 */
export class PrivateCache {
  readonly #directory: string;
  readonly #kind: string;
  readonly #onWarning: (message: string) => void;

  /** @param kind what is kept, for messages, and the directory's name below `gc-k8s` */
  constructor(root: string, kind: string, onWarning: (message: string) => void = () => undefined) {
    this.#directory = join(root, 'gc-k8s', kind);
    this.#kind = kind;
    this.#onWarning = onWarning;
  }

  read(name: string): Buffer | undefined {
    return this.#attempt('read', name, path => {
      // Somebody else's FIFO must not hold us up.
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

  write(name: string, data: string | Buffer): void {
    this.#attempt('written', name, path => {
      mkdirSync(this.#directory, {recursive: true, mode: 0o700});
      // Fails when the directory is somebody else's.
      chmodSync(this.#directory, 0o700);
      // Processes of several pods that share a home may have the same id.
      const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      writeFileSync(draft, data, {mode: 0o600, flag: 'wx'});
      renameSync(draft, path);
      this.#forget();
    });
  }

  drop(name: string): void {
    this.#attempt('removed', name, path => rmSync(path, {force: true}));
  }

  /** Of a user, a server or a certificate that is no more. */
  #forget(): void {
    for (const name of readdirSync(this.#directory)) {
      const path = join(this.#directory, name);
      const stat = statSync(path, {throwIfNoEntry: false});
      if (stat && stat.mtimeMs < Date.now() - FORGOTTEN_AFTER_MS) rmSync(path, {force: true});
    }
  }

  #attempt<T>(what: string, name: string, action: (path: string) => T): T | undefined {
    const path = join(this.#directory, name);
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

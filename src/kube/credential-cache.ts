import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

/**
 * The answer of one credential plugin, in a file that nobody else can read or could have written.
 * A cache that does not work costs time only: it warns and is done without.
 */
export class CredentialCache {
  readonly #directory: string;
  readonly #file: string;
  readonly #onWarning: (message: string) => void;

  constructor(key: string, env: NodeJS.ProcessEnv, onWarning?: (message: string) => void) {
    const isSet = (value: string | undefined) => value !== undefined && value !== '';
    const caches = [env.GC_EXEC_STATE_DIR, env.XDG_CACHE_HOME].find(isSet);
    const root = caches ?? join([env.HOME].find(isSet) ?? homedir(), '.cache');
    this.#directory = join(root, 'gc-k8s', 'credentials');
    this.#file = join(this.#directory, `${key}.json`);
    this.#onWarning = onWarning ?? (() => undefined);
  }

  read(): string | undefined {
    return this.#attempt('read', () => {
      const file = openSync(this.#file, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const {uid, mode} = fstatSync(file);
        const isPrivate = uid === process.getuid?.() && (mode & 0o077) === 0;
        return isPrivate ? readFileSync(file, 'utf8') : undefined;
      } finally {
        closeSync(file);
      }
    });
  }

  write(text: string): void {
    this.#attempt('written', () => {
      mkdirSync(this.#directory, {recursive: true, mode: 0o700});
      // Fails when the directory is somebody else's.
      chmodSync(this.#directory, 0o700);
      const draft = `${this.#file}.${process.pid}`;
      rmSync(draft, {force: true});
      writeFileSync(draft, text, {mode: 0o600, flag: 'wx'});
      renameSync(draft, this.#file);
    });
  }

  drop(): void {
    this.#attempt('removed', () => rmSync(this.#file, {force: true}));
  }

  #attempt<T>(what: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' || what === 'written') {
        this.#onWarning(
          `credential cache ${this.#file} cannot be ${what} (${code ?? 'unknown error'})`,
        );
      }
      return undefined;
    }
  }
}

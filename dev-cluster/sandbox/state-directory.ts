import {execFileSync} from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isMe, startOf} from './process-start.ts';

const owner = 'owner';
const running = 'running';

/** The containers' files while this server runs, and notes of their processes. */
export class StateDirectory {
  readonly path: string;
  /** The parent directory, if it is the default one. */
  readonly #ownBase: string | undefined;

  private constructor(path: string, ownBase: string | undefined) {
    this.path = path;
    this.#ownBase = ownBase;
  }

  /**
   * Creates a directory below `given` (by default in the system's temporary directory), after it has ended
   * and removed what crashed servers left there.
   */
  static async open(given?: string): Promise<StateDirectory> {
    const base = given ?? join(tmpdir(), `gc-dev-cluster-containers-${ownUid()}`);
    prepare(base);
    for (const name of readdirSync(base)) await sweep(join(base, name));
    // A server that ended meanwhile may have removed the empty directory.
    prepare(base);
    const path = mkdtempSync(join(base, 'run-'));
    writeFileSync(join(path, owner), `${process.pid} ${startOf(process.pid) ?? ''}\n`);
    return new StateDirectory(path, given === undefined ? base : undefined);
  }

  /** A subdirectory, created if missing. */
  directory(...parts: readonly string[]): string {
    const path = join(this.path, ...parts);
    mkdirSync(path, {recursive: true});
    return path;
  }

  /** Stores the pid of a container's PID 1, so that the next server can end it if this one crashes. */
  note(pid: number): void {
    appendFileSync(join(this.path, running), `${pid} ${startOf(pid) ?? ''}\n`);
  }

  remove(): void {
    removeTree(this.path);
    if (this.#ownBase !== undefined) removeIfEmpty(this.#ownBase);
  }
}

function prepare(base: string): void {
  mkdirSync(base, {recursive: true, mode: 0o700});
  requireOwn(base);
}

/** Keeps the directory while other servers use it. */
function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const expected = ['ENOTEMPTY', 'EEXIST', 'ENOENT'];
    if (!(error instanceof Error && 'code' in error && expected.includes(String(error.code))))
      throw error;
  }
}

/** Removes a directory even if a container removed its own permissions. */
export function removeTree(path: string): void {
  try {
    rmSync(path, {recursive: true, force: true});
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
    execFileSync('chmod', ['-R', 'u+rwX', path]);
    rmSync(path, {recursive: true, force: true});
  }
}

/** The uid of this process, which may have no user name. */
function ownUid(): number {
  return process.getuid?.() ?? -1;
}

/** Raises when the directory belongs to another user, which is possible in a shared /tmp. */
function requireOwn(path: string): void {
  const found = lstatSync(path);
  if (found.isDirectory() && found.uid === ownUid()) return;
  throw new Error(`${path}, where containers are to have their files, belongs to another user`);
}

async function sweep(path: string): Promise<void> {
  const [server] = readNotes(join(path, owner));
  if (server === undefined ? isBeingMade(path) : isMe(server.pid, server.start)) return;
  for (const {pid, start} of readNotes(join(path, running))) {
    if (!isMe(pid, start)) continue;
    process.kill(pid, 'SIGKILL');
    while (isMe(pid, start)) await sleep(5);
  }
  removeTree(path);
}

/** True for a recent directory without an owner; an old one was left by a killed server. */
function isBeingMade(path: string): boolean {
  const {mtimeMs} = statSync(path);
  return Date.now() - mtimeMs < 60_000;
}

interface Note {
  readonly pid: number;
  readonly start: string;
}

function readNotes(path: string): Note[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [pid = '', start = ''] = line.split(' ');
      return {pid: Number(pid), start};
    });
}

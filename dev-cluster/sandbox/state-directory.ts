import {execFileSync} from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isMe, startOf} from './process-start.ts';

const owner = 'owner';
const running = 'running';

/** Where containers have their files while this server lives, and which processes they are. */
export class StateDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes one of its own below `base` (by default in the system's temporary directory), after it
   * has ended and removed what servers left there that did not end in good order.
   */
  static async open(
    base = join(tmpdir(), `gc-dev-cluster-containers-${userInfo().uid}`),
  ): Promise<StateDirectory> {
    mkdirSync(base, {recursive: true, mode: 0o700});
    requireOwn(base);
    for (const name of readdirSync(base)) await sweep(join(base, name));
    const path = mkdtempSync(join(base, 'run-'));
    writeFileSync(join(path, owner), `${process.pid} ${startOf(process.pid) ?? ''}\n`);
    return new StateDirectory(path);
  }

  /** A directory below, made if need be. */
  directory(...parts: readonly string[]): string {
    const path = join(this.path, ...parts);
    mkdirSync(path, {recursive: true});
    return path;
  }

  /** Notes a container's PID 1, for whoever must end it if this server cannot. */
  note(pid: number): void {
    appendFileSync(join(this.path, running), `${pid} ${startOf(pid) ?? ''}\n`);
  }

  remove(): void {
    removeTree(this.path);
  }
}

/** Removes a directory also where a container took its own rights away. */
export function removeTree(path: string): void {
  try {
    rmSync(path, {recursive: true, force: true});
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
    execFileSync('chmod', ['-R', 'u+rwX', path]);
    rmSync(path, {recursive: true, force: true});
  }
}

/** Raises when the directory is another user's, as it can be in a shared /tmp. */
function requireOwn(path: string): void {
  const found = lstatSync(path);
  if (found.isDirectory() && found.uid === userInfo().uid) return;
  throw new Error(`${path}, where containers are to have their files, belongs to another user`);
}

async function sweep(path: string): Promise<void> {
  const [server] = readNotes(join(path, owner));
  // Without an owner yet it is being made.
  if (server === undefined || isMe(server.pid, server.start)) return;
  for (const {pid, start} of readNotes(join(path, running))) {
    if (!isMe(pid, start)) continue;
    process.kill(pid, 'SIGKILL');
    while (isMe(pid, start)) await sleep(5);
  }
  removeTree(path);
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

import {execFileSync, spawn} from 'node:child_process';
import {existsSync, readFileSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {setTimeout as wait} from 'node:timers/promises';
import {onTestFinished} from 'vitest';
import {KubeError} from '../../src/errors.ts';
import type {Cluster, ExecRequest, ExecResult, Patch, Pod} from '../../src/kube/cluster.ts';
import {Deadline} from '../../src/time/deadline.ts';
import type {SessionPlace} from '../../src/tmux/session-place.ts';
import prelude from '../../src/tmux/scripts/prelude.sh';
import {temporaryDirectory} from './temporary-directory.ts';

export const SESSION = 'City/mayor';

export interface ScriptCall {
  readonly args?: readonly string[];
  readonly stdin?: Buffer | string;
  readonly guard?: string;
}

/** What a pod is to the scripts: a shell, a tmux, and the directories of a pod below `directory`. */
export interface Terminal {
  readonly directory: string;
  /** What was typed into the pane. */
  readonly typed: () => string;
  readonly place: SessionPlace;
  readonly annotations: Record<string, string>;
  /** Calls tmux, as an agent in the pod would; gives its output. */
  readonly tmux: (...args: string[]) => string;
  /** Runs a script as `runInSession` does, with the pod's paths moved below `directory`. */
  readonly run: (script: string, call?: ScriptCall) => Promise<ExecResult>;
  readonly environment: NodeJS.ProcessEnv;
}

/** Reads keys one by one and notes them in the file "typed": no echo, no line to edit. */
const NOTE_KEYS = `stty -echo -icanon -ixon -isig; printf 'ready\\n'; exec cat >typed`;

/** A tmux server of this test's own, with a session `main` unless the command is undefined. */
export async function terminal(command: string | undefined = NOTE_KEYS): Promise<Terminal> {
  const made = withoutSession();
  made.tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'main', '-x', '200', '-y', '50', command);
  if (command === NOTE_KEYS) await until(() => made.tmux('capture-pane', '-p').includes('ready'));
  return made;
}

/** The same without a session. */
export function withoutSession(): Terminal {
  const directory = temporaryDirectory();
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: directory,
    TMUX_TMPDIR: directory,
    GC_SESSION_NAME: SESSION,
    LANG: 'C.UTF-8',
    TERM: 'xterm',
  };
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-u', ...args], {
      env: environment,
      cwd: directory,
      stdio: 'pipe',
    }).toString();
  onTestFinished(() => {
    try {
      tmux('kill-server');
    } catch {
      return;
    }
  });
  const annotations: Record<string, string> = {'gc-session-name': SESSION};
  const exec = (request: ExecRequest) => runLocally(request, {directory, environment});
  return {
    directory,
    environment,
    annotations,
    tmux,
    typed: () => {
      const file = join(directory, 'typed');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    place: {
      session: SESSION,
      deadline: new Deadline(Infinity),
      cluster: localCluster(exec, annotations),
    },
    run: (script, {args = [], stdin = '', guard = SESSION} = {}) =>
      exec({
        pod: 'mayor',
        container: 'agent',
        command: ['sh', '-c', `${prelude}\n${script}`, 'gc', guard, ...args],
        stdin: Buffer.from(stdin),
      }),
  };
}

/** A directory for PATH: what our scripts need of an image, but these. */
export function programsWithout(...missing: readonly string[]): string {
  const directory = temporaryDirectory();
  const places = (process.env.PATH ?? '').split(':');
  for (const name of ['sh', 'bash', 'cat', 'head', 'tar'].filter(each => !missing.includes(each))) {
    const place = places.find(each => existsSync(join(each, name)));
    if (place !== undefined) symlinkSync(join(place, name), join(directory, name));
  }
  return directory;
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(20);
}

/** A cluster of one pod, the session's, whose container is this machine. */
function localCluster(
  exec: (request: ExecRequest) => Promise<ExecResult>,
  annotations: Record<string, string>,
): Cluster {
  const pod = (): Pod => ({metadata: {name: 'mayor', annotations: {...annotations}}});
  const pods = {
    get: () => Promise.resolve(pod()),
    patch: (_: string, patch: Patch) => {
      if (patch.type !== 'json') return Promise.reject(new Error('no such patch here'));
      for (const operation of patch.operations) {
        const name = operation.path.replace('/metadata/annotations/', '').replaceAll('~1', '/');
        if (operation.op === 'add') annotations[name] = String(operation.value);
        else if (operation.op === 'remove') Reflect.deleteProperty(annotations, name);
        else if (annotations[name] !== operation.value) return Promise.reject(invalid());
      }
      return Promise.resolve(pod());
    },
  };
  return {pods, exec} as unknown as Cluster;
}

function invalid(): KubeError {
  const facts = {failure: 'invalid', status: 422, detail: '', outcomeUnknown: false} as const;
  return new KubeError('the test failed', facts);
}

interface Place {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The pod's paths, moved below the directory, so that nothing of this machine is touched. */
export function moved(text: string, directory: string): string {
  return text
    .replaceAll(/(?<!\w)\/(run\/gc|workspace)\b/g, `${directory}/$1`)
    .replaceAll('/proc/1/fd/1', `${directory}/log`)
    .replaceAll('/dev/termination-log', `${directory}/termination-log`);
}

/** What may be left unread of a stdin; see in-session.ts. */
const UNREAD_LIMIT = 32 * 1024;

async function runLocally(
  request: ExecRequest,
  {directory, environment}: Place,
): Promise<ExecResult> {
  const [program = '', ...args] = request.command.map((word, at) =>
    at === 2 ? moved(word, directory) : word,
  );
  // A container's exec leads a process group, too.
  const child = spawn(program, args, {env: environment, cwd: directory, detached: true});
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) =>
    (request.onStdout ?? (got => stdout.push(got)))(piece),
  );
  child.stderr.on('data', (piece: Buffer) =>
    (request.onStderr ?? (got => stderr.push(got)))(piece),
  );
  const sent = {bytes: 0, isUnread: false};
  child.stdin.on('error', () => (sent.isUnread = sent.bytes > UNREAD_LIMIT));
  const input = request.stdin ?? Buffer.alloc(0);
  const source = Readable.from(Buffer.isBuffer(input) ? [input] : input);
  source.on('error', () => child.stdin.end());
  source.on('data', (piece: Buffer) => (sent.bytes += piece.length));
  source.pipe(child.stdin);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  if (sent.isUnread)
    throw new Error('much of stdin was left unread: a real server may never tell this end');
  return {exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr)};
}

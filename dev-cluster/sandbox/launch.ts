import type {ChildProcess} from 'node:child_process';
import {spawn} from 'node:child_process';
import type {Readable} from 'node:stream';
import enterScript from './enter.sh';
import {exitCode} from './exit-code.ts';
import type {Identity, Sandbox} from './sandbox.ts';
import {asIdentity} from './sandbox.ts';
import setupScript from './setup.sh';
import waitScript from './wait.sh';
import type {Mount} from './system-mounts.ts';
import {resolverMounts, systemArguments} from './system-mounts.ts';

export interface ContainerSpec {
  /** An empty directory, which becomes the container's `/`. */
  readonly root: string;
  readonly hostname: string;
  /** Created if missing. */
  readonly workingDirectory: string;
  readonly mounts: readonly Mount[];
  readonly identity: Identity;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/** A running container. */
export interface Launched {
  /** The pid of its PID 1 in this machine's namespace. */
  readonly pid: number;
  /** Resolves to the exit code, 128 + n after signal n. */
  readonly ended: Promise<number>;
  /** Signals PID 1; SIGKILL ends every process of the container. */
  signal(name: NodeJS.Signals): void;
}

/** A container did not start: its command is missing, or it could not be set up. */
export class StartFailure extends Error {
  readonly commandIsMissing: boolean;

  constructor(message: string, commandIsMissing: boolean) {
    super(message);
    this.commandIsMissing = commandIsMissing;
  }
}

/**
 * Starts a container in new namespaces; its processes end with this one. The `output` descriptors remain
 * owned by the caller. Raises StartFailure.
 */
export async function launch(
  sandbox: Sandbox,
  spec: ContainerSpec,
  output: {readonly stdout: number; readonly stderr: number},
): Promise<Launched> {
  const [program = '', ...words] = unshareWords(sandbox, spec);
  const child = spawn(program, words, {
    env: spec.environment,
    cwd: '/',
    detached: true,
    stdio: ['ignore', output.stdout, output.stderr, 'pipe'],
  });
  const ended = new Promise<number>(resolve => {
    child.once('exit', (code, signal) => resolve(exitCode(code, signal)));
    child.once('error', () => resolve(128));
  });
  const report = await readReport(child);
  const pid = /^pid (\d+)$/m.exec(report)?.[1];
  if (pid === undefined || !report.endsWith('ready\n')) {
    await ended;
    throw failure(report, spec.command[0] ?? '');
  }
  let isOver = false;
  void ended.then(() => (isOver = true));
  return {
    pid: Number(pid),
    ended,
    signal: name => {
      if (!isOver) kill(Number(pid), name);
    },
  };
}

function unshareWords(sandbox: Sandbox, spec: ContainerSpec): string[] {
  const {tools, kind} = sandbox;
  const {uid, gid} = spec.identity;
  // Every process dies with its parent, and with this process.
  const dying = [tools.setpriv, '--pdeathsig=KILL', '--'];
  const users =
    uid === 0 ? ['--map-root-user'] : [`--map-user=${uid}`, `--map-group=${gid}`, '--keep-caps'];
  return [
    ...[...dying, tools.unshare],
    ...(kind === 'user' ? users : []),
    ...['--mount', '--propagation=private', '--pid', '--uts', '--ipc'],
    '--',
    ...[...dying, tools.sh, '-c', waitScript, 'gc-wait'],
    ...[...dying, tools.sh, '-c', setupScript, 'gc-setup'],
    ...[spec.root, spec.hostname, spec.workingDirectory],
    ...systemArguments(),
    ...mountArguments([...resolverMounts(), ...spec.mounts]),
    '--',
    ...enterWords(sandbox, spec.identity, spec.workingDirectory),
    ...spec.command,
  ];
}

/** The command prefix inside the namespaces. */
export function enterWords(sandbox: Sandbox, identity: Identity, directory: string): string[] {
  return [...asIdentity(sandbox, identity), sandbox.tools.sh, '-c', enterScript, 'sh', directory];
}

/** Outer paths first, as containerd orders them. */
function mountArguments(mounts: readonly Mount[]): string[] {
  const depth = ({target}: Mount): number => target.split('/').filter(part => part !== '').length;
  return mounts
    .toSorted((one, other) => depth(one) - depth(other))
    .flatMap(({source, target, readOnly}) => ['mount', readOnly ? 'ro' : 'rw', source, target]);
}

/** The report of setup.sh and enter.sh, up to `ready` or their end. */
async function readReport(child: ChildProcess): Promise<string> {
  const stream = child.stdio[3] as Readable;
  const failed = new Promise<string>(resolve =>
    child.once('error', error => resolve(error.message)),
  );
  const said = (async () => {
    let text = '';
    for await (const piece of stream) {
      text += String(piece);
      if (text.endsWith('ready\n')) break;
    }
    return text;
  })();
  return Promise.race([said, failed]);
}

function failure(report: string, file: string): StartFailure {
  if (report.endsWith('not-found\n')) {
    const why = file.includes('/')
      ? `stat ${file}: no such file or directory`
      : 'executable file not found in $PATH';
    return new StartFailure(`exec: ${JSON.stringify(file)}: ${why}`, true);
  }
  const lines = report.split('\n').filter(line => line !== '' && !/^pid \d+$/.test(line));
  return new StartFailure(lines.join('; ') || 'it ended while it was set up', false);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It may have ended just now.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

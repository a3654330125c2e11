import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {platform} from 'node:os';
import type {Sandbox} from './sandbox.ts';
import type {Tools} from './tools.ts';
import {findTools} from './tools.ts';

/** Containers cannot be isolated here; the message says what is missing, how to get it, and the alternative. */
export class SandboxUnavailable extends Error {}

const otherWay =
  'or use a cluster that exists, with its kubeconfig: kind, k3d, minikube or any other';

/** Finds out how containers can be isolated on this machine. Raises SandboxUnavailable. */
export function openSandbox(): Sandbox {
  if (platform() !== 'linux') {
    throw unavailable(`this system is ${platform()}, not Linux`, 'run it in a Linux machine');
  }
  const {tools, missing} = findTools();
  if (missing.length > 0) {
    throw unavailable(`no ${missing.join(', ')} here`, installation(missing));
  }
  const asRoot = attempt(tools, []);
  if (asRoot === undefined) return {tools, kind: 'root'};
  const asUser = attempt(tools, ['--user', '--map-root-user']);
  if (asUser === undefined) return {tools, kind: 'user'};
  throw unavailable(asUser, advice());
}

function unavailable(what: string, remedy: string): SandboxUnavailable {
  return new SandboxUnavailable(
    `gc-dev-cluster cannot run containers as processes: ${what}; ${remedy}, ${otherWay}`,
  );
}

/** Tries to create a container's namespaces; returns the error, or undefined on success. */
function attempt(tools: Tools, users: readonly string[]): string | undefined {
  const namespaces = ['--mount', '--propagation=private', '--pid', '--uts', '--ipc'];
  const {status, stderr} = spawnSync(
    tools.unshare,
    [
      ...users,
      ...namespaces,
      ...['--fork', '--kill-child', tools.sh, '-c', 'mount -t proc proc /proc'],
    ],
    {encoding: 'utf8'},
  );
  if (status === 0) return undefined;
  return stderr.trim().split('\n').at(-1) ?? 'namespaces cannot be made';
}

/** Advice for when namespaces are not permitted, by the system's settings. */
function advice(): string {
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return 'allow user namespaces: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  }
  if (setting('kernel/unprivileged_userns_clone') === '0') {
    return 'allow user namespaces: sudo sysctl -w kernel.unprivileged_userns_clone=1';
  }
  if (setting('user/max_user_namespaces') === '0') {
    return 'allow user namespaces: sudo sysctl -w user.max_user_namespaces=28633';
  }
  return 'inside a container, start that with --privileged (or with --security-opt seccomp=unconfined --security-opt systempaths=unconfined)';
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The command that installs the programs, for the available package manager. */
function installation(missing: readonly string[]): string {
  const names = new Set(missing.map(name => packages[name] ?? 'util-linux'));
  const list = [...names].join(' ');
  return `install them (apt-get install ${list}, dnf install ${list}, apk add ${list})`;
}

const packages: Readonly<Record<string, string>> = {
  tmux: 'tmux',
  mkfifo: 'coreutils',
  hostname: 'hostname',
  sh: 'dash',
};

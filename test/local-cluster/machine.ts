import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {temporaryDirectory, write} from '../kit/temporary-directory.ts';

/** What the scripts may use of any machine. */
const ORDINARY =
  'awk basename cat cksum cp cut date df dirname find flock grep head id mkdir mktemp mv printf rm sed sh sleep sort tail timeout tr uname';

const ALL = 'cpuset cpu io memory hugetlb pids';
const V1 = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids'];

export interface Description {
  readonly cgroups?: 'v1' | 'hybrid' | 'v2' | 'none';
  /** cgroup.controllers of v2, or the mounted ones of v1. */
  readonly controllers?: string;
  /** cgroup.subtree_control of v2. */
  readonly delegated?: string;
  readonly readOnly?: boolean;
  /** Controllers that the kernel was started without. */
  readonly disabled?: readonly string[];
  readonly capabilities?: {readonly effective: string; readonly bounding: string};
  readonly kmsg?: boolean;
  readonly overlay?: boolean;
  /** The file system that everything is on. */
  readonly disk?: string;
  readonly freeGiB?: number;
  readonly inotify?: readonly [instances: number, watches: number];
  /** The bridge of a from-source cluster. */
  readonly bridge?: boolean;
  /** Ports that something listens on. */
  readonly listening?: readonly number[];
  readonly operatingSystem?: string;
  /** Stand-ins of programs by name: shell code that runs after the arguments were written down. */
  readonly tools?: Readonly<Record<string, string>>;
  readonly cniPlugins?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Words of a Docker engine that can all. */
export const DOCKER = `[ "$1" = info ] && printf 'Server:\\n Server Version: 28.0\\n Cgroup Version: 2\\n'; true`;

export const ROOT = {effective: '000001ffffffffff', bounding: '000001ffffffffff'};
export const USER = {effective: '0000000000000000', bounding: '000001ffffffffff'};
/** What docker run gives without --privileged. */
export const UNPRIVILEGED = {effective: '00000000a80425fb', bounding: '00000000a80425fb'};

/** A machine made of files, with stand-ins for its programs. */
export function machine(description: Description = {}) {
  const directory = temporaryDirectory();
  const root = join(directory, 'root');
  write(root, files(description));
  const plugin = join(root, 'usr/lib/cni/bridge');
  if (existsSync(plugin)) chmodSync(plugin, 0o755);
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  for (const name of ORDINARY.split(' ')) {
    const real = ['/usr/bin', '/bin', '/usr/sbin'].map(at => join(at, name)).find(existsSync);
    if (real !== undefined) symlinkSync(real, join(bin, name));
  }
  const called = join(directory, 'called');
  const tools: Record<string, string> = {...description.tools};
  if (description.operatingSystem !== undefined) {
    tools.uname = `echo ${description.operatingSystem}`;
  }
  if (description.freeGiB !== undefined) {
    tools.df = `printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 104857600 0 ${String(description.freeGiB * 1048576)} 1%% /\\n'`;
  }
  for (const [name, code] of Object.entries(tools)) {
    const note = `printf '%s' "${name}" >>${called}; printf ' %s' "$@" >>${called}; echo >>${called}`;
    write(directory, {[`tools/${name}`]: `#!/bin/sh\n${note}\n${code}\n`});
    chmodSync(join(directory, 'tools', name), 0o755);
  }
  const home = join(directory, 'home');
  return {
    directory,
    root,
    home,
    /** Every call of a stand-in, one line each. */
    calls: () => (existsSync(called) ? readFileSync(called, 'utf8').trimEnd().split('\n') : []),
    run: (command: string, args: readonly string[] = [], stdin = ''): Ended => {
      const {status, stdout, stderr} = spawnSync(
        resolve('contrib/local-cluster', command),
        [...args],
        {
          input: stdin,
          encoding: 'utf8',
          env: {
            PATH: `${join(directory, 'tools')}:${bin}`,
            HOME: directory,
            GC_LOCAL_CLUSTER_ROOT: root,
            GC_LOCAL_CLUSTER_HOME: home,
          },
        },
      );
      return {code: status, stdout, stderr};
    },
  };
}

function files(description: Description): Record<string, string> {
  const {cgroups = 'v2', controllers, delegated = ALL, capabilities = ROOT} = description;
  const [instances, watches] = description.inotify ?? [1024, 1048576];
  const {kmsg = true, overlay = true, cniPlugins = true, disabled = []} = description;
  const off = V1.map(name => `${name}\t0\t1\t${disabled.includes(name) ? '0' : '1'}`);
  return {
    'proc/mounts': mounts(description),
    'proc/cgroups': ['#subsys_name\thierarchy\tnum_cgroups\tenabled', ...off, ''].join('\n'),
    'proc/self/status': `CapEff:\t${capabilities.effective}\nCapBnd:\t${capabilities.bounding}\n`,
    'proc/filesystems': `nodev\tproc\n\text4\n${overlay ? 'nodev\toverlay\n' : ''}`,
    'proc/sys/fs/inotify/max_user_instances': `${String(instances)}\n`,
    'proc/sys/fs/inotify/max_user_watches': `${String(watches)}\n`,
    'proc/net/tcp': listeners(description.listening ?? []),
    ...(description.bridge === true ? {'sys/class/net/gc-local0/address': ''} : {}),
    ...(kmsg ? {'dev/kmsg': ''} : {}),
    ...(cniPlugins ? {'usr/lib/cni/bridge': ''} : {}),
    ...(cgroups === 'v2'
      ? {
          'sys/fs/cgroup/cgroup.controllers': `${controllers ?? ALL}\n`,
          'sys/fs/cgroup/cgroup.subtree_control': `${delegated}\n`,
        }
      : {}),
  };
}

function mounts({cgroups = 'v2', controllers, readOnly = false, disk = 'ext4'}: Description) {
  const options = `${readOnly ? 'ro' : 'rw'},nosuid,nodev`;
  const one = (controllers?.split(' ') ?? V1).map(
    name => `cgroup /sys/fs/cgroup/${name} cgroup ${options},${name} 0 0`,
  );
  const two = (at: string) => `cgroup2 ${at} cgroup2 ${options} 0 0`;
  const trees = {
    v1: one,
    hybrid: [...one, two('/sys/fs/cgroup/unified')],
    v2: [two('/sys/fs/cgroup')],
    none: [],
  }[cgroups];
  return [`/dev/x / ${disk} rw 0 0`, 'proc /proc proc rw 0 0', ...trees, ''].join('\n');
}

function listeners(ports: readonly number[]): string {
  const rows = ports.map(port => {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    return `   0: 0100007F:${hex} 00000000:0000 0A 00000000:00000000 00:00000000 00000000`;
  });
  return ['  sl  local_address rem_address   st', ...rows, ''].join('\n');
}

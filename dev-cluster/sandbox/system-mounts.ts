import {existsSync, lstatSync, readFileSync, readlinkSync, realpathSync} from 'node:fs';

/** What a container sees of the machine, read-only: programs and their configuration. */
const systemDirectories = [
  '/bin',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix',
  '/opt',
  '/sbin',
  '/sys',
  '/usr',
];

/** A directory or file of the host at a path of the container. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** The first arguments for setup.sh: the machine's own files. */
export function systemArguments(): string[] {
  const mounts = readMounts();
  const links: string[] = [];
  const directories: string[] = [];
  for (const path of systemDirectories.filter(existsSync)) {
    if (lstatSync(path).isSymbolicLink()) {
      // Made relative: until pivot_root, an absolute link leads out of the new root.
      links.push('link', readlinkSync(path).replace(/^\/+/, ''), path);
      continue;
    }
    directories.push('system', path, lockedOptions(mounts, path));
    for (const {point, options} of mounts) {
      if (point.startsWith(`${path}/`)) directories.push('submount', point, options);
    }
  }
  return [...links, ...directories];
}

/** resolv.conf is often a link into /run, but a container has its own /run. */
export function resolverMounts(): Mount[] {
  const path = '/etc/resolv.conf';
  if (!existsSync(path)) return [];
  const real = realpathSync(path);
  const isShown = systemDirectories.some(directory => real.startsWith(`${directory}/`));
  return isShown ? [] : [{source: real, target: real, readOnly: true}];
}

interface MountPoint {
  readonly point: string;
  /** The options that an unprivileged remount must repeat, each after a comma. */
  readonly options: string;
}

function readMounts(): MountPoint[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [, , , , point = '', options = ''] = line.split(' ');
      const locked = options.split(',').filter(each => /^(nosuid|nodev|noexec)$/.test(each));
      return {point: unescaped(point), options: locked.map(each => `,${each}`).join('')};
    });
}

/** The options of the mount that contains the path. */
function lockedOptions(mounts: readonly MountPoint[], path: string): string {
  const [nearest] = mounts
    .filter(({point}) => point === path || path.startsWith(point === '/' ? '/' : `${point}/`))
    .sort((one, other) => other.point.length - one.point.length);
  return nearest?.options ?? '';
}

function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

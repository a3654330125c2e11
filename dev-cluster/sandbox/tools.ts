import {accessSync, constants} from 'node:fs';
import {join} from 'node:path';

/** Programs of util-linux and of the shell, by their absolute paths. */
export interface Tools {
  readonly setpriv: string;
  readonly unshare: string;
  readonly nsenter: string;
  readonly setsid: string;
  readonly mkfifo: string;
  readonly sh: string;
  /** Creates terminals; only needed by an exec with a tty. */
  readonly script: string | undefined;
}

/** Programs that the scripts find by PATH. */
const usedByScripts = ['mount', 'umount', 'pivot_root', 'hostname', 'tmux'];

export interface FoundTools {
  readonly tools: Tools;
  readonly missing: readonly string[];
}

/** Searches the container's PATH rather than the user's, which containers do not see. */
export function findTools(): FoundTools {
  const missing: string[] = [];
  const required = (name: string): string => {
    const path = find(name);
    if (path === undefined) missing.push(name);
    return path ?? name;
  };
  const tools = {
    setpriv: required('setpriv'),
    unshare: required('unshare'),
    nsenter: required('nsenter'),
    setsid: required('setsid'),
    mkfifo: required('mkfifo'),
    sh: required('sh'),
    script: find('script'),
  };
  for (const name of usedByScripts) required(name);
  return {tools, missing};
}

/** containerd's default PATH for containers. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function find(name: string): string | undefined {
  return defaultPath
    .split(':')
    .map(directory => join(directory, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not executable, for whatever reason: try the next directory.
    return false;
  }
}

import type {Tools} from './tools.ts';

/** How containers are kept apart on this machine. */
export interface Sandbox {
  readonly tools: Tools;
  /**
   * `root`: this process may make namespaces. `user`: only inside a user namespace, where it is
   * mapped to one user.
   */
  readonly kind: 'root' | 'user';
}

/** Whom a container's processes run as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups; only where more than one user can be mapped. */
  readonly groups: readonly number[];
  /** Names as setpriv knows them, e.g. `chown`. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
}

/** What comes before a command so that it runs as this identity. */
export function asIdentity({tools, kind}: Sandbox, identity: Identity): string[] {
  const {uid, gid, groups, capabilities, noNewPrivileges} = identity;
  const bounding = ['-all', ...capabilities.map(name => `+${name}`)].join(',');
  // A change of user clears the death signal that was set before.
  const words = [
    tools.setpriv,
    '--pdeathsig=KILL',
    `--bounding-set=${bounding}`,
    '--inh-caps=-all',
  ];
  if (kind === 'root') {
    const supplementary = groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups';
    words.push(`--reuid=${uid}`, `--regid=${gid}`, supplementary);
  } else words.push('--ambient-caps=-all');
  if (noNewPrivileges) words.push('--no-new-privs');
  return [...words, '--'];
}

import type {Tools} from './tools.ts';

/** How containers are isolated on this machine. */
export interface Sandbox {
  readonly tools: Tools;
  /**
   * `root`: this process may create namespaces. `user`: only inside a user namespace, in which a single
   * user is mapped.
   */
  readonly kind: 'root' | 'user';
}

/** The identity of a container's processes. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups; only if more than one user can be mapped. */
  readonly groups: readonly number[];
  /** Names as used by setpriv, e.g. `chown`. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
}

/** The command prefix that switches to this identity. */
export function asIdentity({tools, kind}: Sandbox, identity: Identity): string[] {
  const {uid, gid, groups, capabilities, noNewPrivileges} = identity;
  const bounding = ['-all', ...capabilities.map(name => `+${name}`)].join(',');
  // Changing the user clears the parent-death signal that was set before.
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

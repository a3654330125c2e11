import {lstatSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {makePrivateDirectory} from '../directory.ts';

/** The files by which other commands find a running cluster. */
export interface ClusterLocation {
  readonly directory: string;
  /** True when the state outlives the cluster. */
  readonly isKept: boolean;
  readonly kubeconfig: string;
  readonly lockFile: string;
  /** The output of a cluster in the background. */
  readonly log: string;
}

/** The files in the given directory, or in the default one of this user's in-memory cluster. */
export function clusterLocation(
  directory: string | undefined,
  env: NodeJS.ProcessEnv,
): ClusterLocation {
  const path = directory === undefined ? ownDirectory(env) : resolve(directory);
  return {
    directory: path,
    isKept: directory !== undefined,
    kubeconfig: join(path, 'kubeconfig'),
    lockFile: join(path, 'cluster.json'),
    log: join(path, 'cluster.log'),
  };
}

/**
 * Creates the directory if necessary. Raises when the default directory belongs to another user, which is
 * possible in a shared /tmp.
 */
export function prepare({directory, isKept}: ClusterLocation): void {
  makePrivateDirectory(directory);
  if (!isKept) requireOwn(directory);
}

function ownDirectory(env: NodeJS.ProcessEnv): string {
  const runtime = env.XDG_RUNTIME_DIR;
  if (runtime !== undefined && runtime !== '') return join(runtime, 'gc-dev-cluster');
  return join(tmpdir(), `gc-dev-cluster-${ownUid()}`);
}

function requireOwn(path: string): void {
  const found = lstatSync(path);
  const uid = ownUid();
  if (found.isDirectory() && (uid === -1 || found.uid === uid)) return;
  throw new Error(`${path} belongs to another user; name a directory of yours with --directory`);
}

/** The uid rather than the user name: in a container a user often has no name. */
function ownUid(): number {
  return process.getuid?.() ?? -1;
}

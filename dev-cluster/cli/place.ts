import {lstatSync, mkdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';

/** Where a running cluster can be found by other commands. */
export interface Place {
  readonly directory: string;
  /** Its state stays here; else all of it goes with the cluster. */
  readonly isKept: boolean;
  readonly kubeconfig: string;
  readonly claim: string;
  /** What a cluster in the background says. */
  readonly log: string;
}

/** The directory given, or the one of this user's cluster in memory. */
export function placeAt(directory: string | undefined, env: NodeJS.ProcessEnv): Place {
  const path = directory === undefined ? ownDirectory(env) : resolve(directory);
  return {
    directory: path,
    isKept: directory !== undefined,
    kubeconfig: join(path, 'kubeconfig'),
    claim: join(path, 'cluster.json'),
    log: join(path, 'cluster.log'),
  };
}

/**
 * Makes the directory if need be. Raises when the one of a cluster in memory is somebody else's, as it
 * can be in a shared /tmp.
 */
export function prepare({directory, isKept}: Place): void {
  mkdirSync(directory, {recursive: true, mode: 0o700});
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

/** A user of a container often has no name. */
function ownUid(): number {
  return process.getuid?.() ?? -1;
}

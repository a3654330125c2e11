import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {acquireLock, lockHolder} from '../../dev-cluster/cli/lock-file.ts';
import {down} from '../../dev-cluster/cli/down.ts';
import {killProcessesWith} from '../../dev-cluster/exec/pod-processes.ts';
import {clusterLocation, type ClusterLocation} from '../../dev-cluster/cli/cluster-location.ts';

/** The directory with everything that one demo writes on this machine. */
export interface RunDirectory {
  /** For the environment of all processes of the demo, so that they can be found again. */
  readonly mark: Readonly<Record<string, string>>;
  /** The parent of the agents' work directories. */
  readonly city: string;
  /** The location of the embedded cluster, if there is one. */
  readonly cluster: ClusterLocation;
  /** Keeps the directory while the cluster runs; the next demo after that removes it. */
  readonly keep: () => void;
  readonly isKept: boolean;
  readonly remove: () => void;
}

const MARK = 'GC_DEMO_DIRECTORY';

/** A new directory is without a lock file for a moment. */
const UNCLAIMED_FOR_MS = 60_000;

/** Creates one, after ending and removing what killed demos of this user left behind. */
export async function openRunDirectory(temporary = tmpdir()): Promise<RunDirectory> {
  // In a container a user often has no name.
  const uid = process.getuid?.() ?? -1;
  const prefix = `gc-demo-${uid}-`;
  for (const name of readdirSync(temporary)) {
    const path = join(temporary, name);
    if (name.startsWith(prefix) && isOwn(path, uid)) await sweep(path);
  }
  const path = mkdtempSync(join(temporary, prefix));
  acquireLock(ownerOf(path));
  const city = join(path, 'city');
  mkdirSync(city);
  let isKept = false;
  return {
    mark: {[MARK]: path},
    city,
    cluster: clusterIn(path),
    keep: () => {
      writeFileSync(keptMark(path), '');
      isKept = true;
    },
    get isKept() {
      return isKept;
    },
    remove: () => rmSync(path, {recursive: true, force: true}),
  };
}

/** Ends and removes a directory's demo, unless it still runs or its cluster was kept on purpose. */
async function sweep(path: string): Promise<void> {
  const owner = ownerOf(path);
  if (lockHolder(owner) !== undefined) return;
  if (!existsSync(owner.lockFile) && Date.now() - madeAtMs(path) < UNCLAIMED_FOR_MS) return;
  const cluster = clusterIn(path);
  if (existsSync(keptMark(path)) && lockHolder(cluster) !== undefined) return;
  await down(cluster);
  // An idle event watch does not notice that its reader is gone.
  killProcessesWith(MARK, path);
  rmSync(path, {recursive: true, force: true});
}

const clusterIn = (path: string): ClusterLocation => clusterLocation(join(path, 'cluster'), {});

const keptMark = (path: string): string => join(path, 'kept');

/** The demo's own lock file, by which other demos know that it runs. */
function ownerOf(path: string): ClusterLocation {
  return {...clusterIn(path), lockFile: join(path, 'demo.json')};
}

const madeAtMs = (path: string): number =>
  lstatSync(path, {throwIfNoEntry: false})?.mtimeMs ?? Infinity;

/** A shared /tmp contains other users' directories, too. */
function isOwn(path: string, uid: number): boolean {
  const found = lstatSync(path, {throwIfNoEntry: false});
  return found !== undefined && found.isDirectory() && (uid === -1 || found.uid === uid);
}

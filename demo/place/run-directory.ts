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
import {claim, holderOf} from '../../dev-cluster/cli/claim.ts';
import {down} from '../../dev-cluster/cli/down.ts';
import {killProcessesWith} from '../../dev-cluster/exec/pod-processes.ts';
import {placeAt, type Place as ClusterPlace} from '../../dev-cluster/cli/place.ts';

/** All that one demo writes on this machine. */
export interface RunDirectory {
  /** For the environment of all that the demo starts, so that it can be found again. */
  readonly mark: Readonly<Record<string, string>>;
  /** The agents' work directories, as gc has them. */
  readonly city: string;
  /** Where the embedded cluster is, if there is one. */
  readonly cluster: ClusterPlace;
  /** Leaves it to the cluster: the next demo after the cluster's end removes it. */
  readonly keep: () => void;
  readonly isKept: boolean;
  readonly remove: () => void;
}

const MARK = 'GC_DEMO_DIRECTORY';

/** Between a directory and the claim in it lies a moment, in which it is nobody's. */
const UNCLAIMED_FOR_MS = 60_000;

/** Makes one, after it has ended and removed what killed demos of this user left behind. */
export async function openRunDirectory(temporary = tmpdir()): Promise<RunDirectory> {
  // A user of a container often has no name.
  const uid = process.getuid?.() ?? -1;
  const prefix = `gc-demo-${uid}-`;
  for (const name of readdirSync(temporary)) {
    const path = join(temporary, name);
    if (name.startsWith(prefix) && isOwn(path, uid)) await sweep(path);
  }
  const path = mkdtempSync(join(temporary, prefix));
  claim(ownerOf(path));
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

/** Ends what no living demo, and no cluster that was kept on purpose, stands for. */
async function sweep(path: string): Promise<void> {
  const owner = ownerOf(path);
  if (holderOf(owner) !== undefined) return;
  if (!existsSync(owner.claim) && Date.now() - madeAtMs(path) < UNCLAIMED_FOR_MS) return;
  const cluster = clusterIn(path);
  if (existsSync(keptMark(path)) && holderOf(cluster) !== undefined) return;
  await down(cluster);
  // An event watch that has nothing to print does not notice that nobody reads on.
  killProcessesWith(MARK, path);
  rmSync(path, {recursive: true, force: true});
}

const clusterIn = (path: string): ClusterPlace => placeAt(join(path, 'cluster'), {});

const keptMark = (path: string): string => join(path, 'kept');

/** The claim by which others know that the demo lives. */
function ownerOf(path: string): ClusterPlace {
  return {...clusterIn(path), claim: join(path, 'demo.json')};
}

const madeAtMs = (path: string): number =>
  lstatSync(path, {throwIfNoEntry: false})?.mtimeMs ?? Infinity;

/** A shared /tmp holds other users' directories too. */
function isOwn(path: string, uid: number): boolean {
  const found = lstatSync(path, {throwIfNoEntry: false});
  return found !== undefined && found.isDirectory() && (uid === -1 || found.uid === uid);
}

import {PodCommandError, SessionAbsentError} from '../errors.ts';
import type {Cluster, ExecRequest, Pod} from '../kube/cluster.ts';
import {AGENT_CONTAINER, KEEPER_CONTAINER} from '../pod/labels.ts';
import catalogueScript from '../pod/scripts/catalogue.sh';
import windowsScript from '../tmux/scripts/windows.sh';
import {FlowControl} from '../tmux/windows.ts';
import packScript from './scripts/pack-artifacts.sh';
import {type Catalogue, readCatalogue} from './artifact-catalogue.ts';
import {clusterEnd} from './cluster-end.ts';

/** A running container that can read the pod's files; undefined when all have ended. */
export function openContainer(pod: Pod): string | undefined {
  const running = (pod.status?.containerStatuses ?? []).filter(({state}) => state?.running);
  return [AGENT_CONTAINER, KEEPER_CONTAINER].find(name =>
    running.some(status => status.name === name),
  );
}

/**
 * Lists the agent's artifacts: by exec while a container runs, else from the keeper's last list. Raises
 * SessionAbsentError when there is neither.
 */
export async function listArtifacts(cluster: Cluster, pod: Pod): Promise<Catalogue> {
  const listed = openContainer(pod) === undefined ? listedByKeeper(pod) : undefined;
  if (listed !== undefined) return readCatalogue(listed);
  const result = await inPod(cluster, pod, {script: catalogueScript});
  return readCatalogue(result.toString());
}

/** The termination message of a keeper that ended normally; empty when there were no artifacts. */
function listedByKeeper(pod: Pod): string | undefined {
  const ended = keeperOf(pod)?.state?.terminated;
  if (ended?.message !== undefined && ended.message !== '') return ended.message;
  const isTaken = pod.metadata.deletionTimestamp !== undefined || clusterEnd(pod) !== undefined;
  return ended?.exitCode === 0 && !isTaken ? '' : undefined;
}

function keeperOf(pod: Pod) {
  return pod.status?.containerStatuses?.find(({name}) => name === KEEPER_CONTAINER);
}

/**
 * Streams the artifacts directory as tar; `onPiece` calls `taken` when it has consumed a piece, and at most
 * 8 MiB are in flight. Flow control goes through stdin, so that the connection is always read: exec servers
 * truncate the output of a client that stops reading. The agent controls the content: check every name.
 */
export async function packArtifacts(
  cluster: Cluster,
  pod: Pod,
  onPiece: (piece: Buffer, taken: () => void) => void,
): Promise<void> {
  const windows = new FlowControl();
  await inPod(cluster, pod, {
    script: `${windowsScript}\n${packScript}`,
    stdin: windows.lines(),
    onPiece: piece => onPiece(piece, () => windows.taken(piece.length)),
  });
  windows.end();
}

async function inPod(
  cluster: Cluster,
  pod: Pod,
  {
    script,
    stdin,
    onPiece,
  }: {script: string} & Pick<ExecRequest, 'stdin'> & {
      onPiece?: (piece: Buffer) => void;
    },
): Promise<Buffer> {
  const container = openContainer(pod);
  if (container === undefined) {
    throw new SessionAbsentError(
      `the files of pod ${pod.metadata.name} can no longer be read: its containers have ended; ${
        keeperOf(pod)
          ? 'GC_K8S_ARTIFACTS_KEEP sets for how long they stay'
          : 'those of one-shot runs stay for GC_K8S_ARTIFACTS_KEEP, of others with GC_K8S_RETENTION=keep-failed or keep'
      }`,
    );
  }
  const result = await cluster.exec({
    pod: pod.metadata.name,
    container,
    command: ['sh', '-c', script],
    ...(stdin === undefined ? {} : {stdin}),
    ...(onPiece === undefined ? {} : {onStdout: onPiece}),
  });
  if (result.exitCode === 0) return result.stdout;
  const why = result.stderr.toString().trim() || `exit code ${result.exitCode}`;
  throw new PodCommandError(`the artifacts in pod ${pod.metadata.name} cannot be read: ${why}`);
}

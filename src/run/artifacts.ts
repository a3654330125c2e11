import {PodCommandError, SessionAbsentError} from '../errors.ts';
import type {Cluster, ExecRequest, Pod} from '../kube/cluster.ts';
import {AGENT_CONTAINER, KEEPER_CONTAINER} from '../pod/labels.ts';
import catalogueScript from '../pod/scripts/catalogue.sh';
import packScript from './scripts/pack-artifacts.sh';
import {type Catalogue, readCatalogue} from './artifact-catalogue.ts';
import {clusterEnd} from './cluster-end.ts';

/** A pod's container through which its files can be had; undefined when none runs any more. */
export function openContainer(pod: Pod): string | undefined {
  const running = (pod.status?.containerStatuses ?? []).filter(({state}) => state?.running);
  return [AGENT_CONTAINER, KEEPER_CONTAINER].find(name =>
    running.some(status => status.name === name),
  );
}

/**
 * What the agent has left in its artifacts directory, listed anew while the files can be read, else as
 * the keeper listed it last. Raises SessionAbsentError where nobody did.
 */
export async function listArtifacts(cluster: Cluster, pod: Pod): Promise<Catalogue> {
  const listed = openContainer(pod) === undefined ? lastList(pod) : undefined;
  if (listed !== undefined) return readCatalogue(listed);
  const result = await inPod(cluster, pod, {script: catalogueScript});
  return readCatalogue(result.toString());
}

/** The termination message of a keeper that was left to do its work; empty when there was nothing. */
function lastList(pod: Pod): string | undefined {
  const ended = keeperOf(pod)?.state?.terminated;
  if (ended?.message !== undefined && ended.message !== '') return ended.message;
  const isTaken = pod.metadata.deletionTimestamp !== undefined || clusterEnd(pod) !== undefined;
  return ended?.exitCode === 0 && !isTaken ? '' : undefined;
}

function keeperOf(pod: Pod) {
  return pod.status?.containerStatuses?.find(({name}) => name === KEEPER_CONTAINER);
}

/** What the pod sends for one line on its stdin (pack-artifacts.sh). */
const WINDOW_BYTES = 4 * 2 ** 20;

/**
 * The artifacts directory as a tar stream, piece by piece; `onPiece` calls `taken` when it is done with
 * one, and at most 8 MiB come before that. The connection is read all the while: an exec server whose
 * client does not read has truncated output. What the stream holds is the agent's choice: check every
 * name.
 */
export async function packArtifacts(
  cluster: Cluster,
  pod: Pod,
  onPiece: (piece: Buffer, taken: () => void) => void,
): Promise<void> {
  const windows = new Windows();
  await inPod(cluster, pod, {
    script: packScript,
    stdin: windows.lines(),
    onPiece: piece => onPiece(piece, () => windows.taken(piece.length)),
  });
  windows.end();
}

/** A line for each window that the pod may send: one ahead, the next when one was taken. */
class Windows {
  #takenBytes = 0;
  #isOver = false;
  #changed: () => void = () => undefined;

  taken(bytes: number): void {
    this.#takenBytes += bytes;
    this.#changed();
  }

  end(): void {
    this.#isOver = true;
    this.#changed();
  }

  async *lines(): AsyncGenerator<Buffer> {
    for (let windows = 0; ; windows++) {
      while (this.#takenBytes < windows * WINDOW_BYTES) {
        if (this.#isOver) return;
        await new Promise<void>(resolve => (this.#changed = resolve));
      }
      yield Buffer.from('more\n');
    }
  }
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

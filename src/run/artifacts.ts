import {PodCommandError, SessionAbsentError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {AGENT_CONTAINER, KEEPER_CONTAINER} from '../pod/labels.ts';
import catalogueScript from '../pod/scripts/catalogue.sh';
import {type Catalogue, readCatalogue} from './artifact-catalogue.ts';

/** A pod's container through which its files can be had; undefined when none runs any more. */
export function openContainer(pod: Pod): string | undefined {
  const running = (pod.status?.containerStatuses ?? []).filter(({state}) => state?.running);
  return [AGENT_CONTAINER, KEEPER_CONTAINER].find(name =>
    running.some(status => status.name === name),
  );
}

/** What the agent has left in its artifacts directory, listed anew. Raises SessionAbsentError once the files are gone. */
export async function listArtifacts(cluster: Cluster, pod: Pod): Promise<Catalogue> {
  const result = await inPod(cluster, pod, {script: catalogueScript});
  return readCatalogue(result.toString());
}

/**
 * The artifacts directory as a tar stream, piece by piece. What it holds is the agent's choice:
 * check every name.
 */
export async function packArtifacts(
  cluster: Cluster,
  pod: Pod,
  onPiece: (piece: Buffer) => void,
): Promise<void> {
  await inPod(cluster, pod, {script: 'cd /run/gc/output/artifacts && tar -cf - .', onPiece});
}

async function inPod(
  cluster: Cluster,
  pod: Pod,
  {script, onPiece}: {script: string; onPiece?: (piece: Buffer) => void},
): Promise<Buffer> {
  const container = openContainer(pod);
  if (container === undefined) {
    throw new SessionAbsentError(
      `the files of pod ${pod.metadata.name} can no longer be read: its containers have ended; GC_K8S_ARTIFACTS_KEEP sets for how long they stay`,
    );
  }
  const result = await cluster.exec({
    pod: pod.metadata.name,
    container,
    command: ['sh', '-c', script],
    ...(onPiece === undefined ? {} : {onStdout: onPiece}),
  });
  if (result.exitCode === 0) return result.stdout;
  const why = result.stderr.toString().trim() || `exit code ${result.exitCode}`;
  throw new PodCommandError(`the artifacts in pod ${pod.metadata.name} cannot be read: ${why}`);
}

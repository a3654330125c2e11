import {DeadlineError, KubeError, PodExecError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {AGENT_CONTAINER, KEEPER_CONTAINER} from '../pod/labels.ts';
import {readCatalogue} from './artifact-catalogue.ts';
import type {Run} from './run.ts';

/**
 * Adds the list of artifacts to an ended run: from the keeper container's termination message or, while
 * that still runs, from its file. Returns the run unchanged when there is neither.
 */
export async function addArtifacts(cluster: Cluster, pod: Pod, run: Run): Promise<Run> {
  const text = await catalogueText(cluster, pod);
  if (text === undefined || text === '') return run;
  const {artifacts, errors} = readCatalogue(text);
  return {
    ...run,
    ...(artifacts.length === 0 ? {} : {artifacts}),
    ...(errors.length === 0 ? {} : {artifactErrors: errors}),
  };
}

async function catalogueText(cluster: Cluster, pod: Pod): Promise<string | undefined> {
  const stateOf = (container: string) =>
    pod.status?.containerStatuses?.find(({name}) => name === container)?.state;
  const keeper = stateOf(KEEPER_CONTAINER);
  if (keeper?.terminated) return keeper.terminated.message;
  if (!keeper?.running || !stateOf(AGENT_CONTAINER)?.terminated) return undefined;
  try {
    const {stdout} = await cluster.exec({
      pod: pod.metadata.name,
      container: KEEPER_CONTAINER,
      command: ['cat', '/run/gc/catalogue'],
    });
    return stdout.toString();
  } catch (error) {
    // The pod may be deleted at any moment; the end of the run matters more than the list.
    if (![KubeError, PodExecError, DeadlineError].some(kind => error instanceof kind)) throw error;
    log.warn('artifacts.unlisted', {pod: pod.metadata.name, error: (error as Error).message});
    return undefined;
  }
}

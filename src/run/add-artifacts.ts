import {DeadlineError, KubeError, PodExecError} from '../errors.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {AGENT_CONTAINER, KEEPER_CONTAINER} from '../pod/labels.ts';
import {Deadline} from '../time/deadline.ts';
import {readCatalogue} from './artifact-catalogue.ts';
import type {Run} from './run.ts';

/** How long a node is asked for the list; a lost one never answers, and its pod is still to be deleted. */
const LIST_MS = 5_000;

/**
 * Adds the list of artifacts to an ended run: from the keeper container's termination message or, while
 * that still runs, from its file. Returns the run unchanged when there is neither.
 */
export async function addArtifacts(cluster: Cluster, pod: Pod, run: Run): Promise<Run> {
  return withList(run, (await catalogueText(cluster, pod))?.text);
}

/** The same; undefined while the keeper container is still writing its list. */
export async function addCompleteArtifacts(
  cluster: Cluster,
  pod: Pod,
  run: Run,
): Promise<Run | undefined> {
  const list = await catalogueText(cluster, pod);
  return list?.isComplete === false ? undefined : withList(run, list?.text);
}

function withList(run: Run, text = ''): Run {
  if (text === '') return run;
  const {artifacts, errors} = readCatalogue(text);
  return {
    ...run,
    ...(artifacts.length === 0 ? {} : {artifacts}),
    ...(errors.length === 0 ? {} : {artifactErrors: errors}),
  };
}

interface CatalogueText {
  readonly text: string;
  readonly isComplete: boolean;
}

async function catalogueText(cluster: Cluster, pod: Pod): Promise<CatalogueText | undefined> {
  const stateOf = (container: string) =>
    pod.status?.containerStatuses?.find(({name}) => name === container)?.state;
  const keeper = stateOf(KEEPER_CONTAINER);
  if (keeper?.terminated) return {text: keeper.terminated.message ?? '', isComplete: true};
  if (!keeper?.running || !stateOf(AGENT_CONTAINER)?.terminated) return undefined;
  const patience = new Deadline(LIST_MS);
  try {
    // The keeper writes its termination message when the list is complete.
    const {stdout, exitCode} = await cluster.within(patience).exec({
      pod: pod.metadata.name,
      container: KEEPER_CONTAINER,
      command: ['sh', '-c', 'cat /run/gc/catalogue && test -s /dev/termination-log'],
    });
    return {text: stdout.toString(), isComplete: exitCode === 0};
  } catch (error) {
    // The pod may be deleted at any moment; the end of the run matters more than the list.
    if (![KubeError, PodExecError, DeadlineError].some(kind => error instanceof kind)) throw error;
    log.warn('artifacts.unlisted', {pod: pod.metadata.name, error: (error as Error).message});
    return {text: '', isComplete: false};
  } finally {
    patience.clear();
  }
}

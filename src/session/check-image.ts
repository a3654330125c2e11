import {isKubeFailure, PodFailedError, UsageError} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {AGENT_SELECTOR} from '../pod/labels.ts';
import {agentStatus} from '../pod/state.ts';

/** [domain[:port]/]path[:tag][@digest], as the distribution specification writes it. */
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST = '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\\.[A-Za-z0-9-]+)*';
const DOMAIN = `(?:${HOST}|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?`;
const REFERENCE = new RegExp(
  `^(?:(?:${DOMAIN})/)?${COMPONENT}(?:/${COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9+.-]*:[0-9a-fA-F]{32,})?$`,
);

/** Longest reference that the distribution specification allows before the tag. */
const REFERENCE_LIMIT = 512;

const PULL_FAILURES = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
]);

/**
 * Raises for a reference that no registry can hold, and for an image whose pull is failing now in
 * some agent's pod. All else may yet be pulled: a failure here would end the whole city's start, so
 * an unreachable cluster is not one.
 */
export async function checkImage(
  image: string | undefined,
  connect: () => Promise<Cluster>,
): Promise<void> {
  if (image === undefined || image === '') throw new UsageError('an image is needed');
  if (image.length > REFERENCE_LIMIT || !REFERENCE.test(image)) {
    throw new UsageError(
      `${JSON.stringify(image)} is no image reference: [registry/]name[:tag][@digest]`,
    );
  }
  const failure = await whileReachable(async () => knownPullFailure(image, await connect()));
  if (failure !== undefined) {
    throw new PodFailedError(`image ${image} is known not to be pulled: ${failure}`);
  }
}

/** What cannot be asked is not known. */
async function whileReachable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isKubeFailure(error)) return undefined;
    throw error;
  }
}

async function knownPullFailure(image: string, cluster: Cluster): Promise<string | undefined> {
  for await (const page of cluster.pods.list({labelSelector: AGENT_SELECTOR})) {
    for (const pod of page.items) {
      if (!pod.spec?.containers?.some(container => container.image === image)) continue;
      const waiting = agentStatus(pod)?.state?.waiting;
      if (waiting?.reason !== undefined && PULL_FAILURES.has(waiting.reason)) {
        return `${waiting.reason}: ${waiting.message ?? 'no message'} (pod ${pod.metadata.name})`;
      }
    }
  }
  return undefined;
}

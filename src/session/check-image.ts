import {
  DeadlineError,
  KubeError,
  messageOf,
  PodFailedError,
  SettingsError,
  UsageError,
} from '../errors.ts';
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

/** Not ErrImagePull: the next try may succeed, and one that does not is followed by ImagePullBackOff. */
const PULL_FAILURES = new Set(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);

/**
 * Raises UsageError for what is no valid image reference, and PodFailedError for an image whose pull is
 * known to fail in some agent's pod. Any other image may be fine. A failure here ends the start of the whole
 * city and blames its image, so a cluster that cannot be asked is none, be it for want of a kubeconfig:
 * that is a warning, and each `start` will fail with the same words.
 */
export async function checkImage(
  image: string | undefined,
  connect: () => Promise<Cluster>,
  warn: (text: string) => void,
): Promise<void> {
  if (image === undefined || image === '') throw new UsageError('an image is needed');
  if (image.length > REFERENCE_LIMIT || !REFERENCE.test(image)) {
    throw new UsageError(
      `${JSON.stringify(image)} is no image reference: [registry/]name[:tag][@digest]`,
    );
  }
  let failure: string | undefined;
  try {
    failure = await knownPullFailure(image, await connect());
  } catch (error) {
    const isUnasked = [KubeError, SettingsError, DeadlineError].some(kind => error instanceof kind);
    if (!isUnasked) throw error;
    warn(`it is not known whether image ${image} can be pulled: ${messageOf(error)}`);
  }
  if (failure !== undefined) {
    throw new PodFailedError(`image ${image} is known not to be pulled: ${failure}`);
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

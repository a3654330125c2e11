import {isKubeFailure} from '../../errors.ts';
import type {Pod} from '../../kube/cluster.ts';
import {agentStatus} from '../../pod/state.ts';
import {obstacle, unsaid, warningEvents} from '../../pod/readiness.ts';
import {POD_SETTINGS} from '../../config/pod-settings.ts';
import {sleep} from '../../time/sleep.ts';
import {failed, ok, skipped, wordsOf, type Finding} from './finding.ts';
import {agentLikePod} from './pods.ts';
import {clusterOf, within, type Visit} from './visit.ts';
import type {Link} from './link.ts';

/** A node that an autoscaler makes takes longer; then doctor says that there is none yet. */
const SCHEDULING_MS = 10_000;

/** Pulls of large images take minutes; from here on doctor says what it waits for. */
const START_MS = 120_000;

const LOOK_EVERY_MS = 300;

/** Would an agent's pod be taken, find a node, get its image and run? One is tried, with the agents' settings. */
export const throwAwayPod: Link = {
  names: ['pod', 'node', 'image', 'container'],
  needs: ['api server', 'namespace', 'permissions'],
  todo: 'see that pods can be created in the namespace',
  async *check(visit) {
    if (visit.settings.image === undefined) {
      yield failed(
        'pod',
        `${POD_SETTINGS.image.variable} is not set`,
        'name the image of the agents',
      );
      return;
    }
    const refused = await create(visit);
    if (refused !== undefined) {
      yield refused;
      for (const name of ['node', 'image', 'container']) yield skipped(name, 'needs pod');
      return;
    }
    yield ok('pod', `taken, ${visit.settings.podSecurity}, with the agents' settings`);
    yield* start(visit);
  },
};

async function create(visit: Visit): Promise<Finding | undefined> {
  try {
    const pod = await clusterOf(visit).pods.create(await agentLikePod(visit));
    visit.pods.push(pod);
    visit.pod = pod;
    return undefined;
  } catch (error) {
    const words = wordsOf(error);
    return failed('pod', words, adviceOn(error, words));
  }
}

function adviceOn(error: unknown, words: string): string {
  if (words.includes('exceeded quota')) {
    return 'ask for a larger ResourceQuota, stop sessions, or lower GC_K8S_CPU_REQUEST and its kin';
  }
  if (words.includes('violates PodSecurity')) {
    return 'set GC_K8S_POD_SECURITY=restricted (the image must run as a user), or have the namespace enforce less';
  }
  if (isKubeFailure(error, 'notFound')) return 'create what is not found';
  return 'change the setting that is named, or the policy of the namespace';
}

async function* start(visit: Visit): AsyncGenerator<Finding> {
  const {name} = visit.pod?.metadata ?? {name: ''};
  const cluster = clusterOf(visit);
  const sinceMs = performance.now();
  let isScheduled = false;
  for (;;) {
    const pod = await cluster.pods.get(name);
    const tookMs = performance.now() - sinceMs;
    const node = pod.spec?.nodeName;
    if (node !== undefined && !isScheduled) {
      isScheduled = true;
      yield ok('node', `scheduled on ${node}`);
    }
    if (isUp(pod)) {
      yield ok('image', `${visit.settings.image ?? ''} is on the node`);
      yield ok('container', `runs after ${(tookMs / 1000).toFixed(1)} s`);
      return;
    }
    const against = obstacle(pod);
    if (!isScheduled && tookMs > SCHEDULING_MS) {
      yield failed('node', await reasons(visit, pod), 'free or add a node that the settings allow');
      yield* unseen(['image', 'container'], 'node');
      return;
    }
    if (isScheduled && (against?.isFinal === true || isPullFailure(pod) || tookMs > START_MS)) {
      yield* neverUp(visit, pod, against?.reason);
      return;
    }
    await sleep(LOOK_EVERY_MS, visit.call.deadline.signal);
  }
}

async function* neverUp(visit: Visit, pod: Pod, words = ''): AsyncGenerator<Finding> {
  const image = visit.settings.image ?? '';
  const says = words === '' ? await reasons(visit, pod) : words;
  if (isPullFailure(pod)) {
    const todo = `push ${image}, load it into the nodes, or mend ${POD_SETTINGS.image.variable} and ${POD_SETTINGS.imagePullSecrets.variable}`;
    yield failed('image', says, todo);
    yield* unseen(['container'], 'image');
    return;
  }
  const isRoot = /runAsNonRoot|non-root|run as root/i.test(says);
  const todo = isRoot
    ? `build the image with a USER (a number), set ${POD_SETTINGS.runAsUser.variable}, or ${POD_SETTINGS.podSecurity.variable}=baseline`
    : 'see what the kubelet says; kubectl describe shows more while a pod is there';
  yield failed('container', says, todo);
}

function* unseen(names: readonly string[], cause: string): Generator<Finding> {
  for (const name of names) yield skipped(name, `needs ${cause}`);
}

async function reasons(visit: Visit, pod: Pod): Promise<string> {
  const events = await within(visit, SCHEDULING_MS, cluster => warningEvents(cluster, pod));
  const against = obstacle(pod)?.reason;
  return [against, ...unsaid(against ?? '', events)].join('; ') || 'not up yet';
}

function isUp(pod: Pod): boolean {
  return agentStatus(pod)?.state?.running !== undefined;
}

function isPullFailure(pod: Pod): boolean {
  const reason = agentStatus(pod)?.state?.waiting?.reason ?? '';
  return /^(ErrImage|ImagePull|InvalidImageName|ImageInspect)/.test(reason);
}

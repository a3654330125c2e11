import {isKubeFailure} from '../../errors.ts';
import type {Pod} from '../../kube/cluster.ts';
import {agentStatus} from '../../pod/state.ts';
import {obstacle, unsaid, warningEvents} from '../../pod/readiness.ts';
import {POD_SETTINGS} from '../../config/pod-settings.ts';
import {sleep} from '../../time/sleep.ts';
import {failed, ok, skipped, messageLine, type Finding} from './finding.ts';
import {testPodManifest} from './pods.ts';
import {clusterOf, within, type DoctorContext} from './context.ts';
import type {Check} from './check.ts';

/** An autoscaler takes longer to add a node; doctor then reports that there is none yet. */
const SCHEDULING_MS = 10_000;

/** Large images take minutes to pull; after this time doctor reports what the pod waits for. */
const START_MS = 120_000;

const POLL_MS = 300;

/** Creates a pod with the agents' settings, and checks that it is admitted, scheduled, gets its image and runs. */
export const testPod: Check = {
  names: ['pod', 'node', 'image', 'container'],
  needs: ['api server', 'namespace', 'permissions'],
  todo: 'see that pods can be created in the namespace',
  async *run(context) {
    if (context.settings.image === undefined) {
      yield failed(
        'pod',
        `${POD_SETTINGS.image.variable} is not set`,
        'name the image of the agents',
      );
      return;
    }
    const refused = await create(context);
    if (refused !== undefined) {
      yield refused;
      for (const name of ['node', 'image', 'container']) yield skipped(name, 'needs pod');
      return;
    }
    yield ok('pod', `taken, ${context.settings.podSecurity}, with the agents' settings`);
    yield* start(context);
  },
};

async function create(context: DoctorContext): Promise<Finding | undefined> {
  try {
    const pod = await clusterOf(context).pods.create(await testPodManifest(context));
    context.pods.push(pod);
    context.pod = pod;
    return undefined;
  } catch (error) {
    const words = messageLine(error);
    return failed('pod', words, remedyFor(error, words));
  }
}

function remedyFor(error: unknown, words: string): string {
  if (words.includes('exceeded quota')) {
    return 'ask for a larger ResourceQuota, stop sessions, or lower GC_K8S_CPU_REQUEST and its kin';
  }
  if (words.includes('violates PodSecurity')) {
    return 'set GC_K8S_POD_SECURITY=restricted (the image must run as a user), or have the namespace enforce less';
  }
  if (isKubeFailure(error, 'notFound')) return 'create what is not found';
  return 'change the setting that is named, or the policy of the namespace';
}

async function* start(context: DoctorContext): AsyncGenerator<Finding> {
  const {name} = context.pod?.metadata ?? {name: ''};
  const cluster = clusterOf(context);
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
      yield ok('image', `${context.settings.image ?? ''} is on the node`);
      yield ok('container', `runs after ${(tookMs / 1000).toFixed(1)} s`);
      return;
    }
    const against = obstacle(pod);
    if (!isScheduled && tookMs > SCHEDULING_MS) {
      yield failed(
        'node',
        await reasons(context, pod),
        'free or add a node that the settings allow',
      );
      yield* notChecked(['image', 'container'], 'node');
      return;
    }
    if (isScheduled && (against?.isFinal === true || isPullFailure(pod) || tookMs > START_MS)) {
      yield* notUp(context, pod, against?.reason);
      return;
    }
    await sleep(POLL_MS, context.call.deadline.signal);
  }
}

async function* notUp(context: DoctorContext, pod: Pod, words = ''): AsyncGenerator<Finding> {
  const image = context.settings.image ?? '';
  const says = words === '' ? await reasons(context, pod) : words;
  if (isPullFailure(pod)) {
    const todo = `push ${image}, load it into the nodes, or mend ${POD_SETTINGS.image.variable} and ${POD_SETTINGS.imagePullSecrets.variable}`;
    yield failed('image', says, todo);
    yield* notChecked(['container'], 'image');
    return;
  }
  const isRoot = /runAsNonRoot|non-root|run as root/i.test(says);
  const todo = isRoot
    ? `build the image with a USER (a number), set ${POD_SETTINGS.runAsUser.variable}, or ${POD_SETTINGS.podSecurity.variable}=baseline`
    : 'see what the kubelet says; kubectl describe shows more while a pod is there';
  yield failed('container', says, todo);
}

function* notChecked(names: readonly string[], cause: string): Generator<Finding> {
  for (const name of names) yield skipped(name, `needs ${cause}`);
}

async function reasons(context: DoctorContext, pod: Pod): Promise<string> {
  const events = await within(context, SCHEDULING_MS, cluster => warningEvents(cluster, pod));
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

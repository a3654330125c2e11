import type {Pod} from '../../kube/cluster.ts';
import {sleep} from '../../time/sleep.ts';
import {failed, ok, skipped, warning, messageLine, type Finding} from './finding.ts';
import {DOLT_IMAGE, doltAddress, doltQueryPod} from './pods.ts';
import {inPod} from './terminal.ts';
import {clusterOf, type DoctorContext} from './context.ts';
import type {Check} from './check.ts';

const QUERY_MS = 60_000;

const POLL_MS = 300;

const DEPLOY = 'kubectl apply -k contrib/k8s, or set GC_K8S_DOLT_HOST and GC_K8S_DOLT_PORT';

/** Checks from an agent's pod, each as its own finding, that the name resolves and that the port and the database answer. */
export const dolt: Check = {
  names: ['dns', 'dolt port', 'dolt query'],
  needs: ['pod', 'node', 'image', 'container', 'exec'],
  todo: DEPLOY,
  async *run(context) {
    if (context.call.options.dolt === false) {
      for (const name of dolt.names) yield skipped(name, '--no-dolt');
      return;
    }
    const {host, port} = doltAddress(context);
    const {exitCode} = await asked(context, RESOLVE, host);
    if (exitCode === NO_PROGRAM) {
      yield warning('dns', 'the image has no getent to ask with', 'add it (libc-bin) to see more');
    } else if (exitCode !== 0) {
      const other = await asked(context, RESOLVE, 'kubernetes.default.svc');
      yield notResolved(host, other.exitCode === 0);
      for (const name of ['dolt port', 'dolt query']) yield skipped(name, 'needs dns');
      return;
    } else yield ok('dns', `${host} resolves in an agent's pod`);
    const reached = await portFinding(context, host, port);
    yield reached;
    if (reached.verdict === 'failed') yield skipped('dolt query', 'needs dolt port');
    else yield queryFinding(await query(context));
  },
};

const RESOLVE = 'command -v getent >/dev/null || exit 127; getent hosts "$1" >/dev/null';

const CONNECT =
  'command -v bash >/dev/null || exit 127; timeout 5 bash -c \'exec 3<>"/dev/tcp/$1/$2"\' gc "$1" "$2"';

const NO_PROGRAM = 127;

function asked(context: DoctorContext, script: string, ...args: readonly string[]) {
  return inPod(context, {script, args});
}

function notResolved(host: string, isClusterNamed: boolean): Finding {
  if (isClusterNamed) return failed('dns', `${host} does not resolve in an agent's pod`, DEPLOY);
  return failed(
    'dns',
    `neither ${host} nor kubernetes.default.svc resolves in an agent's pod`,
    "see that the cluster's DNS (CoreDNS) runs, and that a NetworkPolicy lets agents reach it",
  );
}

async function portFinding(context: DoctorContext, host: string, port: number): Promise<Finding> {
  const {exitCode, stderr} = await asked(context, CONNECT, host, String(port));
  if (exitCode === 0) return ok('dolt port', `${host}:${port} takes connections`);
  if (exitCode === NO_PROGRAM) return skipped('dolt port', 'the image has no bash to connect with');
  const words = exitCode === TIMED_OUT ? 'no answer in 5 s' : lastMessage(stderr.toString());
  return failed(
    'dolt port',
    `${host}:${port}, from an agent's pod: ${words}`,
    'see that Dolt is ready (kubectl get pod dolt-0), and that a NetworkPolicy lets agents reach it',
  );
}

const TIMED_OUT = 124;

/** `bash: line 1: connect: Connection refused` → `connect: Connection refused` */
function lastMessage(stderr: string): string {
  return (
    stderr
      .trim()
      .split('\n')
      .at(0)
      ?.replace(/^(gc|bash): (line \d+: )?/, '') ?? ''
  );
}

function queryFinding(answer: Answer): Finding {
  switch (answer.kind) {
    case 'ok':
      return ok('dolt query', 'SELECT 1 as root');
    case 'refused':
      return failed(
        'dolt query',
        `SELECT 1: ${answer.words}`,
        'see the log of pod dolt-0, and the Secret dolt-root',
      );
    case 'not asked':
      return warning(
        'dolt query',
        `not asked: ${answer.words}`,
        `let the nodes have ${DOLT_IMAGE}, which asks`,
      );
  }
}

type Answer =
  {readonly kind: 'ok'} | {readonly kind: 'refused' | 'not asked'; readonly words: string};

/** Runs in a pod with Dolt's own image, deleted afterwards: the agents' image may have no client. */
async function query(context: DoctorContext): Promise<Answer> {
  const cluster = clusterOf(context);
  let pod: Pod;
  try {
    pod = await cluster.pods.create(doltQueryPod(context));
  } catch (error) {
    return {kind: 'not asked', words: messageLine(error)};
  }
  context.pods.push(pod);
  const untilMs = performance.now() + QUERY_MS;
  for (;;) {
    const {status} = await cluster.pods.get(pod.metadata.name);
    const state = status?.containerStatuses?.[0]?.state;
    if (state?.terminated !== undefined) {
      const lines = (state.terminated.message ?? '').trim().split('\n');
      const words = lines.at(-1) ?? '';
      const {exitCode} = state.terminated;
      // The container's state is enough: the pod's phase is updated later.
      if (exitCode === 0) return {kind: 'ok'};
      return {kind: 'refused', words: words === '' ? `exit code ${exitCode}` : words};
    }
    const waiting = state?.waiting;
    if (waiting?.reason !== undefined && waiting.reason !== 'ContainerCreating') {
      return {kind: 'not asked', words: `${waiting.reason}: ${waiting.message ?? ''}`};
    }
    if (performance.now() > untilMs)
      return {kind: 'not asked', words: 'its pod was not up in 60 s'};
    await sleep(POLL_MS, context.call.deadline.signal);
  }
}

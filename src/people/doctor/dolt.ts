import type {Pod} from '../../kube/cluster.ts';
import {sleep} from '../../time/sleep.ts';
import {failed, ok, skipped, warning, wordsOf, type Finding} from './finding.ts';
import {DOLT_IMAGE, doltPlace, queryPod} from './pods.ts';
import {inPod} from './terminal.ts';
import {clusterOf, type Visit} from './visit.ts';
import type {Link} from './link.ts';

const QUERY_MS = 60_000;

const LOOK_EVERY_MS = 300;

const DEPLOY = 'kubectl apply -k contrib/k8s, or set GC_K8S_DOLT_HOST and GC_K8S_DOLT_PORT';

/** From an agent's pod: does the name resolve, does the port answer, does the database? Each its own line. */
export const dolt: Link = {
  names: ['dns', 'dolt port', 'dolt query'],
  needs: ['pod', 'node', 'image', 'container', 'exec'],
  todo: DEPLOY,
  async *check(visit) {
    if (visit.call.options.dolt === false) {
      for (const name of dolt.names) yield skipped(name, '--no-dolt');
      return;
    }
    const {host, port} = doltPlace(visit);
    const {exitCode} = await asked(visit, RESOLVE, host);
    if (exitCode === NO_PROGRAM) {
      yield warning('dns', 'the image has no getent to ask with', 'add it (libc-bin) to see more');
    } else if (exitCode !== 0) {
      const other = await asked(visit, RESOLVE, 'kubernetes.default.svc');
      yield notResolved(host, other.exitCode === 0);
      for (const name of ['dolt port', 'dolt query']) yield skipped(name, 'needs dns');
      return;
    } else yield ok('dns', `${host} resolves in an agent's pod`);
    const reached = await portFinding(visit, host, port);
    yield reached;
    if (reached.verdict === 'failed') yield skipped('dolt query', 'needs dolt port');
    else yield queryFinding(await query(visit));
  },
};

const RESOLVE = 'command -v getent >/dev/null || exit 127; getent hosts "$1" >/dev/null';

const CONNECT =
  'command -v bash >/dev/null || exit 127; timeout 5 bash -c \'exec 3<>"/dev/tcp/$1/$2"\' gc "$1" "$2"';

const NO_PROGRAM = 127;

function asked(visit: Visit, script: string, ...args: readonly string[]) {
  return inPod(visit, {script, args});
}

function notResolved(host: string, isClusterNamed: boolean): Finding {
  if (isClusterNamed) return failed('dns', `${host} does not resolve in an agent's pod`, DEPLOY);
  return failed(
    'dns',
    `neither ${host} nor kubernetes.default.svc resolves in an agent's pod`,
    "see that the cluster's DNS (CoreDNS) runs, and that a NetworkPolicy lets agents reach it",
  );
}

async function portFinding(visit: Visit, host: string, port: number): Promise<Finding> {
  const {exitCode, stderr} = await asked(visit, CONNECT, host, String(port));
  if (exitCode === 0) return ok('dolt port', `${host}:${port} takes connections`);
  if (exitCode === NO_PROGRAM) return skipped('dolt port', 'the image has no bash to connect with');
  const words = exitCode === TIMED_OUT ? 'no answer in 5 s' : lastWords(stderr.toString());
  return failed(
    'dolt port',
    `${host}:${port}, from an agent's pod: ${words}`,
    'see that Dolt is ready (kubectl get pod dolt-0), and that a NetworkPolicy lets agents reach it',
  );
}

const TIMED_OUT = 124;

/** `bash: line 1: connect: Connection refused` → `connect: Connection refused` */
function lastWords(stderr: string): string {
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

/** By a pod of Dolt's own image, deleted afterwards: the agents' image need not have a client. */
async function query(visit: Visit): Promise<Answer> {
  const cluster = clusterOf(visit);
  let pod: Pod;
  try {
    pod = await cluster.pods.create(queryPod(visit));
  } catch (error) {
    return {kind: 'not asked', words: wordsOf(error)};
  }
  visit.pods.push(pod);
  const untilMs = performance.now() + QUERY_MS;
  for (;;) {
    const {status} = await cluster.pods.get(pod.metadata.name);
    const state = status?.containerStatuses?.[0]?.state;
    if (state?.terminated !== undefined) {
      const lines = (state.terminated.message ?? '').trim().split('\n');
      const words = lines.at(-1) ?? '';
      const {exitCode} = state.terminated;
      // The pod's phase follows later.
      if (exitCode === 0) return {kind: 'ok'};
      return {kind: 'refused', words: words === '' ? `exit code ${exitCode}` : words};
    }
    const waiting = state?.waiting;
    if (waiting?.reason !== undefined && waiting.reason !== 'ContainerCreating') {
      return {kind: 'not asked', words: `${waiting.reason}: ${waiting.message ?? ''}`};
    }
    if (performance.now() > untilMs)
      return {kind: 'not asked', words: 'its pod was not up in 60 s'};
    await sleep(LOOK_EVERY_MS, visit.call.deadline.signal);
  }
}

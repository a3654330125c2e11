import {linkSync, copyFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {loadAll} from 'js-yaml';
import {succeeded} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {kubectl, MANIFESTS, run, tryKubectl, withDirectory} from './kit.ts';

/** The image of the StatefulSet in the manifests. */
export function doltImage(): string {
  const text = readFileSync(join(MANIFESTS, 'dolt-statefulset.yaml'), 'utf8');
  const [, image] = /image: (\S+)/.exec(text) ?? [];
  if (image === undefined) throw new Error('dolt-statefulset.yaml names no image');
  return image;
}

/**
 * Puts Dolt's image on the cluster's nodes, built from the executable DOLT by the program
 * GC_TEST_IMAGE_BUILD (called with a name, a Dockerfile and a directory). Without these the cluster
 * pulls it from its registry.
 */
export async function loadDoltImage(): Promise<void> {
  const {DOLT = '', GC_TEST_IMAGE_BUILD = ''} = process.env;
  if (DOLT === '' || GC_TEST_IMAGE_BUILD === '') return;
  const names = await kubectl([
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[*].status.images[*].names}',
  ]);
  if (names.includes(doltImage())) return;
  await withDirectory(async directory => {
    linkOrCopy(DOLT, join(directory, 'dolt'));
    const dockerfile = join(import.meta.dirname, 'dolt-image/Dockerfile');
    const name = `docker.io/${doltImage()}`;
    succeeded(await run(GC_TEST_IMAGE_BUILD, [name, dockerfile, directory]));
  });
}

/** A pod in which to be a client of Dolt's; it may run where "restricted" is enforced. */
export async function startClient(namespace: string): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'client', namespace, labels: {'gc-k8s/dolt-client': 'true'}},
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: {type: 'RuntimeDefault'},
      },
      containers: [
        {
          name: 'client',
          image: doltImage(),
          command: ['sleep', 'infinity'],
          env: [{name: 'HOME', value: '/tmp'}],
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
        },
      ],
    },
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(pod));
  await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/client', '--timeout=120s']);
}

/**
 * A connection that could not be made: the node's tables follow a pod that is ready a little later,
 * after a crash of the API server much later.
 */
const NOT_CONNECTED = /dial tcp.*(connection refused|i\/o timeout|no such host|no route to host)/;

/** What a query gives in the client's pod, asked of the Service as root: lines of CSV. */
export async function query(
  namespace: string,
  sql: string,
  password = '',
): Promise<readonly string[]> {
  const script =
    'export DOLT_CLI_USER=root DOLT_CLI_PASSWORD="$(cat)"; exec dolt --host="$0" --port=3307 --no-tls sql -r csv -q "$1"';
  const args = ['sh', '-c', script, `dolt.${namespace}.svc.cluster.local`, sql];
  const ask = async () => {
    const asked = ['-n', namespace, 'exec', '-i', 'client', '--', ...args];
    const result = await tryKubectl(asked, password);
    return NOT_CONNECTED.test(result.stderr) ? undefined : result;
  };
  const ran = await until(`an answer to ${sql}`, ask, {timeoutMs: 120_000, everyMs: 500});
  return succeeded(ran).stdout.trim().split('\n').slice(1);
}

/** Waits as the guide does. */
export function awaitDolt(namespace: string): Promise<string> {
  return kubectl([
    ...['-n', namespace, 'wait', '--for=condition=Ready', 'pod', '-l', 'app=dolt'],
    '--timeout=120s',
  ]);
}

/** The objects of a YAML text, by kind and name. */
export function objectsOf(text: string): Map<string, KubernetesObject> {
  const objects = (loadAll(text) as (KubernetesObject | null)[]).filter(object => object !== null);
  return new Map(objects.map(object => [`${object.kind}/${object.metadata.name}`, object]));
}

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    // Another file system.
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    copyFileSync(from, to);
  }
}

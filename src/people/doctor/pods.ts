import {randomBytes} from 'node:crypto';
import {isKubeFailure} from '../../errors.ts';
import type {NewObject} from '../../kube/cluster.ts';
import {podEnvironment} from '../../pod/environment.ts';
import {AGENT_CONTAINER, APP, LABEL} from '../../pod/labels.ts';
import {podManifest} from '../../pod/manifest.ts';
import {PathMap} from '../../pod/paths.ts';
import {runPolicy} from '../../pod/run-policy.ts';
import {runSettings} from '../../config/run-settings.ts';
import {clusterOf, type DoctorContext} from './context.ts';

/** The kubelet ends a pod after this many seconds, in case doctor cannot delete it. */
const POD_DEADLINE_S = 300;

/** The name prefix of doctor's own pods. */
export const TEST_POD_PREFIX = 'gc-doctor';

/** The image of contrib/k8s/dolt-statefulset.yaml, so that client and server versions match. */
export const DOLT_IMAGE = 'dolthub/dolt:2.2.0';

/** The address of the agents' database. */
export function doltAddress({settings, namespace}: DoctorContext): {host: string; port: number} {
  return {
    host: settings.doltHost ?? `dolt.${namespace}.svc.cluster.local`,
    port: Number(settings.doltPort),
  };
}

/** A pod like an agent's (image, resources, security, scheduling) that only sleeps. */
export async function testPodManifest(context: DoctorContext): Promise<NewObject> {
  const {settings, namespace, call} = context;
  const paths = new PathMap(undefined);
  const {host, port} = doltAddress(context);
  const manifest = podManifest({
    session: 'doctor',
    name: '',
    namespace,
    startId: 'doctor',
    payload: {},
    image: settings.image ?? '',
    settings,
    paths,
    policy: runPolicy(runSettings(call.env), {isOneShot: false, isBox: true}),
    environment: podEnvironment({
      session: 'doctor',
      payload: {},
      paths,
      workDirectory: '/workspace',
      mail: undefined,
      dolt: {host, port: String(port)},
    }),
  });
  const spec: object = manifest.spec ?? {};
  const container: object = manifest.spec?.containers[0] ?? {};
  // Nothing here satisfies the agents' startup probe; its failure would show up as a recent failure.
  const startupProbe = undefined;
  const pod = {
    // The label that network policies select agents by, but none that gc lists agents by.
    metadata: own(TEST_POD_PREFIX),
    spec: {
      ...spec,
      activeDeadlineSeconds: POD_DEADLINE_S,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          ...container,
          startupProbe,
          name: AGENT_CONTAINER,
          command: ['sleep', `${POD_DEADLINE_S}`],
        },
      ],
    },
  };
  return withTemplate(context, pod);
}

/** A pod that runs one Dolt query from the agents' network position, and ends. */
export function doltQueryPod(context: DoctorContext): NewObject {
  const {host, port} = doltAddress(context);
  const pod = {
    metadata: own(`${TEST_POD_PREFIX}-dolt`),
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: POD_DEADLINE_S,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        ...{runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: 'RuntimeDefault'}},
      },
      containers: [
        {
          name: 'query',
          image: DOLT_IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', '-c', QUERY, 'gc', host, String(port)],
          env: [
            {name: 'DOLT_ROOT_PATH', value: '/tmp'},
            {name: 'DOLT_DISABLE_EVENT_FLUSH', value: '1'},
            {
              name: 'DOLT_CLI_PASSWORD',
              valueFrom: {secretKeyRef: {name: 'dolt-root', key: 'password', optional: true}},
            },
          ],
          resources: {requests: {cpu: '10m', memory: '64Mi'}, limits: {memory: '512Mi'}},
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
    },
  };
  return pod;
}

const QUERY =
  'cd /tmp; DOLT_CLI_PASSWORD=${DOLT_CLI_PASSWORD-} exec dolt --host="$1" --port="$2" --user=root --no-tls sql -q "SELECT 1"';

function own(stem: string): {name: string} {
  const labels = {[LABEL.app]: APP, 'app.kubernetes.io/component': 'doctor'};
  return {name: `${stem}-${randomBytes(4).toString('hex')}`, ...{labels}};
}

/** Deletes doctor's pods; warns of pods that it could not delete. */
export async function deletePods(
  context: DoctorContext,
  cluster = clusterOf(context),
): Promise<void> {
  for (const {metadata} of context.pods.splice(0)) {
    try {
      await cluster.pods.delete(metadata.name, {uid: metadata.uid ?? '', gracePeriodSeconds: 0});
    } catch (error) {
      if (!isKubeFailure(error, 'notFound', 'conflict')) throw error;
    }
  }
}

async function withTemplate({settings}: DoctorContext, pod: NewObject): Promise<NewObject> {
  if (settings.podTemplate === undefined) return pod;
  const {readTemplate, mergeUnder} = await import('../../pod/template.ts');
  return mergeUnder(await readTemplate(settings.podTemplate), pod as never);
}

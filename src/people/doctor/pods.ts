import {randomBytes} from 'node:crypto';
import {isKubeFailure} from '../../errors.ts';
import type {NewObject} from '../../kube/cluster.ts';
import {podEnvironment} from '../../pod/environment.ts';
import {AGENT_CONTAINER, APP, LABEL} from '../../pod/labels.ts';
import {podManifest} from '../../pod/manifest.ts';
import {PathMap} from '../../pod/paths.ts';
import {runPolicy} from '../../pod/run-policy.ts';
import {runSettings} from '../../config/run-settings.ts';
import {clusterOf, type Visit} from './visit.ts';

/** The kubelet ends a pod that doctor could not delete any more after so many seconds. */
const LIFE_S = 300;

/** How the names of doctor's own pods begin. */
export const THROW_AWAY = 'gc-doctor';

/** The tag of contrib/k8s/dolt-statefulset.yaml: a client of the server's own version. */
export const DOLT_IMAGE = 'dolthub/dolt:2.2.0';

/** Where the agents' database is, by the settings. */
export function doltPlace({settings, namespace}: Visit): {host: string; port: number} {
  return {
    host: settings.doltHost ?? `dolt.${namespace}.svc.cluster.local`,
    port: Number(settings.doltPort),
  };
}

/** A pod as agents get one (image, resources, security, place), that only waits. */
export async function agentLikePod(visit: Visit): Promise<NewObject> {
  const {settings, namespace, call} = visit;
  const paths = new PathMap(undefined);
  const {host, port} = doltPlace(visit);
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
  // Nothing here makes what the agents' probe waits for; its end would be a recent failure, next time.
  const startupProbe = undefined;
  const pod = {
    // The agents' label, by which network policies know them, and none by which gc would list it.
    metadata: own(THROW_AWAY),
    spec: {
      ...spec,
      activeDeadlineSeconds: LIFE_S,
      terminationGracePeriodSeconds: 0,
      containers: [
        {...container, startupProbe, name: AGENT_CONTAINER, command: ['sleep', `${LIFE_S}`]},
      ],
    },
  };
  return withTemplate(visit, pod);
}

/** A pod that asks Dolt one query from where agents are, and ends. */
export function queryPod(visit: Visit): NewObject {
  const {host, port} = doltPlace(visit);
  const pod = {
    metadata: own(`${THROW_AWAY}-dolt`),
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: LIFE_S,
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

/** Deletes what doctor made; tells of pods that it could not delete. */
export async function deletePods(visit: Visit, cluster = clusterOf(visit)): Promise<void> {
  for (const {metadata} of visit.pods.splice(0)) {
    try {
      await cluster.pods.delete(metadata.name, {uid: metadata.uid ?? '', gracePeriodSeconds: 0});
    } catch (error) {
      if (!isKubeFailure(error, 'notFound', 'conflict')) throw error;
    }
  }
}

async function withTemplate({settings}: Visit, pod: NewObject): Promise<NewObject> {
  if (settings.podTemplate === undefined) return pod;
  const {readTemplate, mergeUnder} = await import('../../pod/template.ts');
  return mergeUnder(await readTemplate(settings.podTemplate), pod as never);
}

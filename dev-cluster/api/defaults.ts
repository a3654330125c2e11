import type {JsonObject} from '../json.ts';
import {compact, isObject, objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';

const notReadyTolerations = ['not-ready', 'unreachable'].map(condition => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** The object with the server's defaults. */
export function withDefaults(object: ApiObject): ApiObject {
  switch (object.kind) {
    case 'Pod':
      return {...object, spec: podSpec(objectAt(object, 'spec'))};
    case 'Secret':
      return secret(object);
    case 'Event':
      return {
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: null,
        reportingComponent: '',
        reportingInstance: '',
        ...object,
      };
    case 'Namespace':
      return {...object, spec: {finalizers: ['kubernetes']}, status: {phase: 'Active'}};
    case 'PersistentVolumeClaim':
      return {...object, spec: {volumeMode: 'Filesystem', ...objectAt(object, 'spec')}};
    default:
      return object;
  }
}

/** The initial status of a new object, whatever the client sent. */
export function initialStatus(object: ApiObject): JsonObject {
  if (object.kind === 'Pod') return {status: {phase: 'Pending', qosClass: qosClass(object)}};
  if (object.kind === 'PersistentVolumeClaim') return {status: {phase: 'Pending'}};
  return {};
}

function podSpec(spec: JsonObject): JsonObject {
  const account = stringAt(spec, 'serviceAccountName') ?? 'default';
  const initContainers = objectsAt(spec, 'initContainers').map(container);
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: account,
    serviceAccount: account,
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: notReadyTolerations,
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    ...spec,
    ...(initContainers.length > 0 ? {initContainers} : {}),
    containers: objectsAt(spec, 'containers').map(container),
  };
}

function container(given: JsonObject): JsonObject {
  const image = stringAt(given, 'image') ?? '';
  const latest = image.endsWith(':latest') || !/[:@][^/]*$/.test(image);
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
    ...given,
  };
}

function secret(object: ApiObject): ApiObject {
  const {stringData, ...rest} = object;
  const data: Record<string, unknown> = {...objectAt(object, 'data')};
  for (const [key, value] of Object.entries(isObject(stringData) ? stringData : {})) {
    data[key] = Buffer.from(String(value)).toString('base64');
  }
  return {
    type: 'Opaque',
    ...rest,
    ...compact({data: Object.keys(data).length > 0 ? data : undefined}),
    kind: object.kind,
    apiVersion: object.apiVersion,
    metadata: object.metadata,
  };
}

function qosClass(pod: ApiObject): string {
  const resources = objectsAt(pod, 'spec', 'containers').map(each => objectAt(each, 'resources'));
  const bounded = resources.every(each =>
    ['cpu', 'memory'].every(unit => {
      const limit = stringAt(each, 'limits', unit);
      return limit !== undefined && (stringAt(each, 'requests', unit) ?? limit) === limit;
    }),
  );
  if (bounded) return 'Guaranteed';
  const some = resources.some(
    each => Object.keys({...objectAt(each, 'limits'), ...objectAt(each, 'requests')}).length > 0,
  );
  return some ? 'Burstable' : 'BestEffort';
}

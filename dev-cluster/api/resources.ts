export interface Resource {
  /** '' for the core group. */
  readonly group: string;
  /** As in objects: `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly plural: string;
  /** The plural with its group, as in messages: `pods`, `deployments.apps`. */
  readonly qualified: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** True when a delete returns the object; otherwise it returns a Status. */
  readonly deleteGivesObject: boolean;
  readonly hasStatus: boolean;
  /** `all` for what `kubectl get all` shows. */
  readonly categories: readonly string[];
}

interface Traits {
  readonly short?: string;
  readonly plural?: string;
  readonly cluster?: boolean;
  readonly deleteGivesObject?: boolean;
  readonly status?: boolean;
  readonly all?: boolean;
}

const workload: Traits = {status: true, all: true};

/** By group and version; `{}` for a kind without short names, status or other traits. */
const kinds: Readonly<Record<string, Readonly<Record<string, Traits>>>> = {
  v1: {
    ConfigMap: {short: 'cm'},
    Event: {short: 'ev'},
    LimitRange: {short: 'limits'},
    Namespace: {short: 'ns', cluster: true, deleteGivesObject: true, status: true},
    Node: {short: 'no', cluster: true, status: true},
    PersistentVolume: {short: 'pv', cluster: true, deleteGivesObject: true, status: true},
    PersistentVolumeClaim: {short: 'pvc', deleteGivesObject: true, status: true},
    Pod: {short: 'po', deleteGivesObject: true, status: true, all: true},
    ResourceQuota: {short: 'quota', deleteGivesObject: true, status: true},
    Secret: {},
    Service: {short: 'svc', deleteGivesObject: true, status: true, all: true},
    ServiceAccount: {short: 'sa', deleteGivesObject: true},
  },
  'apps/v1': {
    DaemonSet: {...workload, short: 'ds'},
    Deployment: {...workload, short: 'deploy'},
    ReplicaSet: {...workload, short: 'rs'},
    StatefulSet: {...workload, short: 'sts'},
  },
  'batch/v1': {CronJob: {...workload, short: 'cj'}, Job: workload},
  'coordination.k8s.io/v1': {Lease: {}},
  'networking.k8s.io/v1': {
    Ingress: {short: 'ing', plural: 'ingresses', status: true},
    NetworkPolicy: {short: 'netpol', plural: 'networkpolicies'},
  },
  'policy/v1': {PodDisruptionBudget: {short: 'pdb', status: true}},
  'rbac.authorization.k8s.io/v1': {
    ClusterRole: {cluster: true},
    ClusterRoleBinding: {cluster: true},
    Role: {},
    RoleBinding: {},
  },
  'scheduling.k8s.io/v1': {PriorityClass: {short: 'pc', plural: 'priorityclasses', cluster: true}},
  'storage.k8s.io/v1': {
    StorageClass: {
      ...{short: 'sc', plural: 'storageclasses', cluster: true},
      deleteGivesObject: true,
    },
  },
};

/** What can be stored. No controllers run, so kinds outside the core group have no effect. */
export const resources: readonly Resource[] = Object.entries(kinds).flatMap(
  ([apiVersion, ofVersion]) =>
    Object.entries(ofVersion).map(([kind, traits]) => resourceOf(apiVersion, kind, traits)),
);

function resourceOf(apiVersion: string, kind: string, traits: Traits): Resource {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const singular = kind.toLowerCase();
  const plural = traits.plural ?? `${singular}s`;
  return {
    group,
    apiVersion,
    plural,
    qualified: group === '' ? plural : `${plural}.${group}`,
    singular,
    kind,
    namespaced: traits.cluster !== true,
    shortNames: traits.short === undefined ? [] : [traits.short],
    deleteGivesObject: traits.deleteGivesObject === true,
    hasStatus: traits.status === true,
    categories: traits.all === true ? ['all'] : [],
  };
}

/** All group versions, the core one first. */
export const apiVersions: readonly string[] = Object.keys(kinds);

export function resourceNamed(plural: string, apiVersion = 'v1'): Resource | undefined {
  return resources.find(
    resource => resource.plural === plural && resource.apiVersion === apiVersion,
  );
}

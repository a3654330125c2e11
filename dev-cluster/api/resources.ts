export interface Resource {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** Answer a delete with the object; others answer with a Status. */
  readonly deleteGivesObject: boolean;
}

const namespaced = {namespaced: true, deleteGivesObject: false};

export const resources: readonly Resource[] = [
  {
    ...namespaced,
    plural: 'configmaps',
    singular: 'configmap',
    kind: 'ConfigMap',
    shortNames: ['cm'],
  },
  {...namespaced, plural: 'events', singular: 'event', kind: 'Event', shortNames: ['ev']},
  {
    plural: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    namespaced: false,
    shortNames: ['ns'],
    deleteGivesObject: true,
  },
  {
    plural: 'persistentvolumeclaims',
    singular: 'persistentvolumeclaim',
    kind: 'PersistentVolumeClaim',
    namespaced: true,
    shortNames: ['pvc'],
    deleteGivesObject: true,
  },
  {
    plural: 'pods',
    singular: 'pod',
    kind: 'Pod',
    namespaced: true,
    shortNames: ['po'],
    deleteGivesObject: true,
  },
  {...namespaced, plural: 'secrets', singular: 'secret', kind: 'Secret', shortNames: []},
  {
    plural: 'serviceaccounts',
    singular: 'serviceaccount',
    kind: 'ServiceAccount',
    namespaced: true,
    shortNames: ['sa'],
    deleteGivesObject: true,
  },
];

export function resourceNamed(plural: string): Resource | undefined {
  return resources.find(resource => resource.plural === plural);
}

/** The type of a field: a scalar, a message, or a list. */
export type Type =
  | 'string'
  | 'bytes'
  | 'bool'
  /** Go's protobuf includes it even when it is 0, which JSON omits. */
  | 'integer'
  /** Included when it is set, even to 0. */
  | 'optional integer'
  /** Seconds and nanoseconds; one string in JSON. */
  | 'time'
  | {readonly message: Schema}
  | {readonly list: 'string' | {readonly message: Schema}}
  | {readonly map: 'string' | 'bytes'};

/** Name and type of each field, by its number in Kubernetes' generated.proto. */
export type Schema = Readonly<Record<number, readonly [name: string, type: Type]>>;

const ownerReference: Schema = {
  1: ['kind', 'string'],
  3: ['name', 'string'],
  4: ['uid', 'string'],
  5: ['apiVersion', 'string'],
  6: ['controller', 'bool'],
  7: ['blockOwnerDeletion', 'bool'],
};

const objectMeta: Schema = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  5: ['uid', 'string'],
  6: ['resourceVersion', 'string'],
  7: ['generation', 'integer'],
  8: ['creationTimestamp', 'time'],
  9: ['deletionTimestamp', 'time'],
  10: ['deletionGracePeriodSeconds', 'optional integer'],
  11: ['labels', {map: 'string'}],
  12: ['annotations', {map: 'string'}],
  13: ['ownerReferences', {list: {message: ownerReference}}],
  14: ['finalizers', {list: 'string'}],
};

const metadata = ['metadata', {message: objectMeta}] as const;

const resourceAttributes: Schema = {
  1: ['namespace', 'string'],
  2: ['verb', 'string'],
  3: ['group', 'string'],
  4: ['version', 'string'],
  5: ['resource', 'string'],
  6: ['subresource', 'string'],
  7: ['name', 'string'],
};

const accessReviewSpec: Schema = {
  1: ['resourceAttributes', {message: resourceAttributes}],
  2: ['nonResourceAttributes', {message: {1: ['path', 'string'], 2: ['verb', 'string']}}],
};

const policyRule: Schema = {
  1: ['verbs', {list: 'string'}],
  2: ['apiGroups', {list: 'string'}],
  3: ['resources', {list: 'string'}],
  4: ['resourceNames', {list: 'string'}],
  5: ['nonResourceURLs', {list: 'string'}],
};

const role: Schema = {1: metadata, 2: ['rules', {list: {message: policyRule}}]};

const subject: Schema = {
  1: ['kind', 'string'],
  2: ['apiGroup', 'string'],
  3: ['name', 'string'],
  4: ['namespace', 'string'],
};

const roleRef: Schema = {1: ['apiGroup', 'string'], 2: ['kind', 'string'], 3: ['name', 'string']};

const roleBinding: Schema = {
  1: metadata,
  2: ['subjects', {list: {message: subject}}],
  3: ['roleRef', {message: roleRef}],
};

const preconditions: Schema = {1: ['uid', 'string'], 2: ['resourceVersion', 'string']};

/** The kinds that kubectl sends as protobuf and that people create by hand (no pod templates). */
export const schemas: Readonly<Record<string, Schema>> = {
  ConfigMap: {
    1: metadata,
    2: ['data', {map: 'string'}],
    3: ['binaryData', {map: 'bytes'}],
    4: ['immutable', 'bool'],
  },
  Secret: {
    1: metadata,
    2: ['data', {map: 'bytes'}],
    3: ['type', 'string'],
    4: ['stringData', {map: 'string'}],
    5: ['immutable', 'bool'],
  },
  Namespace: {1: metadata},
  ServiceAccount: {
    1: metadata,
    3: ['imagePullSecrets', {list: {message: {1: ['name', 'string']}}}],
    4: ['automountServiceAccountToken', 'bool'],
  },
  Role: role,
  ClusterRole: role,
  RoleBinding: roleBinding,
  ClusterRoleBinding: roleBinding,
  SelfSubjectAccessReview: {1: metadata, 2: ['spec', {message: accessReviewSpec}]},
  SelfSubjectRulesReview: {1: metadata, 2: ['spec', {message: {1: ['namespace', 'string']}}]},
  SelfSubjectReview: {1: metadata},
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'optional integer'],
    2: ['preconditions', {message: preconditions}],
    4: ['propagationPolicy', 'string'],
    5: ['dryRun', {list: 'string'}],
  },
};

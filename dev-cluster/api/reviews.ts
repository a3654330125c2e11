import type {JsonObject} from '../json.ts';
import {objectAt, stringAt} from '../json.ts';
import type {Access} from './access.ts';
import {user} from './access.ts';
import type {Reply} from './operations.ts';

/** What is asked by a create, answered, and not stored. */
interface ReviewKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly statusOf: (sent: unknown, access: Access) => JsonObject;
}

export const reviewKinds: readonly ReviewKind[] = [
  {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    statusOf: accessStatus,
  },
  {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    plural: 'selfsubjectrulesreviews',
    statusOf: () => ({
      resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}],
      nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}],
      incomplete: false,
    }),
  },
  {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
    plural: 'selfsubjectreviews',
    statusOf: () => ({
      userInfo: {username: user, groups: ['system:serviceaccounts', 'system:authenticated']},
    }),
  },
];

/** The kind of review at this path; undefined at any other. */
export function reviewAt(path: string): ReviewKind | undefined {
  return reviewKinds.find(({apiVersion, plural}) => path === `/apis/${apiVersion}/${plural}`);
}

export function answerReview(review: ReviewKind, sent: unknown, access: Access): Reply {
  const {kind, apiVersion, statusOf} = review;
  const spec = objectAt(sent, 'spec');
  return {
    code: 201,
    body: {
      kind,
      apiVersion,
      metadata: {},
      ...(Object.keys(spec).length > 0 ? {spec} : {}),
      status: statusOf(sent, access),
    },
  };
}

function accessStatus(sent: unknown, access: Access): JsonObject {
  const at = (field: string): string => stringAt(sent, 'spec', 'resourceAttributes', field) ?? '';
  const allowed = access.allows({
    verb: at('verb'),
    resource: at('resource'),
    subresource: at('subresource'),
    namespace: at('namespace'),
    name: at('name'),
  });
  return {allowed};
}

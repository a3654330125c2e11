import type {JsonObject} from '../json.ts';
import {objectAt, stringAt} from '../json.ts';
import type {Access} from './access.ts';
import {user} from './access.ts';
import type {Reply} from './operations.ts';
import {StatusError} from './status.ts';

/** A kind that is answered on create, and not stored. */
interface ReviewKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** The required fields. */
  readonly asksFor?: readonly string[];
  readonly statusOf: (sent: unknown, access: Access) => JsonObject;
}

export const reviewKinds: readonly ReviewKind[] = [
  {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    asksFor: ['resourceAttributes', 'nonResourceAttributes'],
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
  const {kind, apiVersion, statusOf, asksFor = []} = review;
  const spec = objectAt(sent, 'spec');
  if (asksFor.length > 0 && asksFor.filter(field => field in spec).length !== 1) {
    throw unclear(apiVersion, asksFor);
  }
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

function unclear(apiVersion: string, [field = '', ...others]: readonly string[]): StatusError {
  const [group = ''] = apiVersion.split('/');
  const words = `exactly one of ${others.join(' or ')} or ${field} must be specified`;
  const cause = {
    reason: 'FieldValueInvalid',
    message: `Invalid value: null: ${words}`,
    field: `spec.${field}`,
  };
  return new StatusError(422, {
    message: `.${group} "" is invalid: ${cause.field}: ${cause.message}`,
    reason: 'Invalid',
    details: {group, causes: [cause]},
  });
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

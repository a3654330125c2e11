import {atMost} from '../../time/at-most.ts';
import {failed, ok} from './finding.ts';
import {ask, type DoctorContext} from './context.ts';
import type {Check} from './check.ts';

/** The permissions of the two executables that gc calls, as in the Role of contrib/k8s/rbac.yaml. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  pods: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  'pods/exec': ['get', 'create'],
  events: ['list'],
  configmaps: ['get', 'list', 'watch', 'create', 'update', 'delete'],
};

const AT_ONCE = 4;

/** Checks by SelfSubjectAccessReview that this account may do what gc's operations do. */
export const permissions: Check = {
  names: ['permissions'],
  needs: ['api server', 'namespace'],
  todo: 'see that the API server answers SelfSubjectAccessReviews',
  async *run(context) {
    const needed = Object.entries(NEEDED).flatMap(([resource, verbs]) =>
      verbs.map(verb => ({resource, verb})),
    );
    const answers = await atMost(AT_ONCE, needed, rule => review(context, rule));
    const missing = needed.filter((_, at) => !answers[at]?.allowed);
    if (missing.length === 0) {
      yield ok('permissions', `all ${needed.length} verbs that gc's operations use`);
      return;
    }
    const rules = missing.map(({resource, verb}) => `${verb} ${resource}`).join(', ');
    const reason = answers.find(answer => !answer.allowed)?.reason ?? '';
    yield failed(
      'permissions',
      `this account may not ${rules} in namespace "${context.namespace}"${reason && ` (${reason})`}`,
      'give it the Role gc-controller of contrib/k8s/rbac.yaml, or gc-operator if it is a person',
    );
  },
};

interface Rule {
  readonly resource: string;
  readonly verb: string;
}

async function review(context: DoctorContext, {resource, verb}: Rule) {
  const [kind, subresource] = resource.split('/');
  const {body} = await ask(context, {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    wanted: 'an access review',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {namespace: context.namespace, verb, resource: kind, subresource},
      },
    },
  });
  const {status} = body as {status?: {allowed?: boolean; reason?: string}};
  return {allowed: status?.allowed === true, reason: status?.reason};
}

import {atMost} from '../../time/at-most.ts';
import {failed, ok} from './finding.ts';
import {ask, type Visit} from './visit.ts';
import type {Link} from './link.ts';

/** What the two executables that gc calls ask for: the Role of contrib/k8s/rbac.yaml. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  pods: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  'pods/exec': ['get', 'create'],
  events: ['list'],
  configmaps: ['get', 'list', 'watch', 'create', 'update', 'delete'],
};

const AT_ONCE = 4;

/** May this account do what gc's operations do? Asked of the API server itself. */
export const permissions: Link = {
  names: ['permissions'],
  needs: ['api server', 'namespace'],
  todo: 'see that the API server answers SelfSubjectAccessReviews',
  async *check(visit) {
    const needed = Object.entries(NEEDED).flatMap(([resource, verbs]) =>
      verbs.map(verb => ({resource, verb})),
    );
    const answers = await atMost(AT_ONCE, needed, rule => review(visit, rule));
    const missing = needed.filter((_, at) => !answers[at]?.allowed);
    if (missing.length === 0) {
      yield ok('permissions', `all ${needed.length} verbs that gc's operations use`);
      return;
    }
    const rules = missing.map(({resource, verb}) => `${verb} ${resource}`).join(', ');
    const reason = answers.find(answer => !answer.allowed)?.reason ?? '';
    yield failed(
      'permissions',
      `this account may not ${rules} in namespace "${visit.namespace}"${reason && ` (${reason})`}`,
      'give it the Role gc-controller of contrib/k8s/rbac.yaml, or gc-operator if it is a person',
    );
  },
};

interface Rule {
  readonly resource: string;
  readonly verb: string;
}

async function review(visit: Visit, {resource, verb}: Rule) {
  const [kind, subresource] = resource.split('/');
  const {body} = await ask(visit, {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    wanted: 'an access review',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {namespace: visit.namespace, verb, resource: kind, subresource},
      },
    },
  });
  const {status} = body as {status?: {allowed?: boolean; reason?: string}};
  return {allowed: status?.allowed === true, reason: status?.reason};
}

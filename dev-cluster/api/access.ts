import type {Route} from './route.ts';
import {StatusError} from './status.ts';

/** What may be refused; a field left out stands for everything. */
export interface AccessRule {
  readonly verb?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

export interface AccessQuestion {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** As whom everybody is known. */
export const user = 'system:serviceaccount:gc-dev-cluster:dev';

/** Everything is allowed but what a test denied. */
export class Access {
  #denied: AccessRule[] = [];

  /** Refuses from now on with 403, and in SelfSubjectAccessReview; gives back how to allow again. */
  deny(rule: AccessRule): () => void {
    this.#denied.push(rule);
    return () => {
      this.#denied = this.#denied.filter(other => other !== rule);
    };
  }

  allows(question: AccessQuestion): boolean {
    return !this.#denied.some(
      rule =>
        (['verb', 'resource', 'namespace'] as const).every(
          field => rule[field] === undefined || rule[field] === question[field],
        ) &&
        (rule.subresource ?? (rule.resource === undefined ? question.subresource : '')) ===
          question.subresource,
    );
  }

  /** Raises the 403 of RBAC. */
  require(verb: string, route: Route): void {
    const {resource, subresource = '', namespace = '', name = ''} = route;
    if (this.allows({verb, resource: resource.plural, subresource, namespace, name})) return;
    const {plural, group, qualified} = resource;
    const full = subresource === '' ? plural : `${plural}/${subresource}`;
    const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const subject = name === '' ? qualified : `${qualified} "${name}"`;
    throw new StatusError(403, {
      message: `${subject} is forbidden: User "${user}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`,
      reason: 'Forbidden',
      details: {
        ...(name === '' ? {} : {name}),
        ...(group === '' ? {} : {group}),
        kind: plural,
      },
    });
  }
}

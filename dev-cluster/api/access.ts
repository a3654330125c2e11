import type {Route} from './route.ts';
import {StatusError} from './status.ts';

/** What to deny; an absent field matches everything. */
export interface AccessRule {
  readonly verb?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

export interface AccessRequest {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** The user that every client is authenticated as. */
export const user = 'system:serviceaccount:gc-dev-cluster:dev';

/** Allows everything except what a test denied. */
export class Access {
  #denied: AccessRule[] = [];

  /** Denies matching requests with 403, and in SelfSubjectAccessReview; returns a function to undo that. */
  deny(rule: AccessRule): () => void {
    this.#denied.push(rule);
    return () => {
      this.#denied = this.#denied.filter(other => other !== rule);
    };
  }

  allows(question: AccessRequest): boolean {
    return !this.#denied.some(
      rule =>
        (['verb', 'resource', 'namespace'] as const).every(
          field => rule[field] === undefined || rule[field] === question[field],
        ) &&
        (rule.subresource ?? (rule.resource === undefined ? question.subresource : '')) ===
          question.subresource,
    );
  }

  /** Raises RBAC's 403 for a denied request. */
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

import {noSuchResource} from './status.ts';
import type {Resource} from './resources.ts';
import {resourceNamed} from './resources.ts';

/** What a path of `/api/v1` names. */
export interface Route {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

const subresources: Readonly<Record<string, readonly string[]>> = {
  pods: ['status', 'exec', 'log'],
  namespaces: ['status'],
  persistentvolumeclaims: ['status'],
};

/** Undefined when the path is not below `/api/v1/`; raises 404 for a resource there is not. */
export function routeOf(path: string): Route | undefined {
  const [api, version, ...rest] = path.split('/').slice(1).map(decodeURIComponent);
  if (api !== 'api' || version !== 'v1' || rest.length === 0) return undefined;
  const [first = '', second, third, ...more] = rest;
  if (first === 'namespaces' && third !== undefined && second !== undefined) {
    const inNamespace = resourceNamed(third);
    if (inNamespace?.namespaced === true) return found(inNamespace, more, second);
    const namespaces = resourceNamed('namespaces');
    if (namespaces !== undefined) return found(namespaces, rest.slice(1), undefined);
  }
  const resource = resourceNamed(first);
  // Namespaced resources have no names at cluster scope: only lists and watches over all namespaces.
  if (resource === undefined || (resource.namespaced && rest.length > 1)) throw noSuchResource();
  return found(resource, rest.slice(1), undefined);
}

function found(
  resource: Resource,
  [name, subresource, ...more]: readonly string[],
  namespace: string | undefined,
): Route {
  const known = subresources[resource.plural] ?? [];
  if (more.length > 0 || (subresource !== undefined && !known.includes(subresource))) {
    throw noSuchResource();
  }
  return {
    resource,
    ...(namespace === undefined ? {} : {namespace}),
    ...(name === undefined || name === '' ? {} : {name}),
    ...(subresource === undefined ? {} : {subresource}),
  };
}

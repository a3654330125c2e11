import {noSuchResource} from './status.ts';
import type {Resource} from './resources.ts';
import {resourceNamed} from './resources.ts';

/** The resource that a path below `/api/v1` or `/apis/GROUP/VERSION` names. */
export interface Route {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Undefined when the path is not a resource path; raises 404 for an unknown resource. */
export function routeOf(path: string): Route | undefined {
  const [root, ...parts] = path.split('/').slice(1).map(decodeURIComponent);
  const isCore = root === 'api';
  if (!isCore && root !== 'apis') return undefined;
  const apiVersion = parts.slice(0, isCore ? 1 : 2).join('/');
  const [first = '', second, third, ...more] = parts.slice(isCore ? 1 : 2);
  if (first === '' || (isCore && apiVersion !== 'v1')) return undefined;
  if (first === 'namespaces' && third !== undefined && second !== undefined) {
    const inNamespace = resourceNamed(third, apiVersion);
    if (inNamespace?.namespaced === true) return found(inNamespace, more, second);
  }
  const rest = [second, third, ...more].filter(part => part !== undefined);
  const resource = resourceNamed(first, apiVersion);
  // Namespaced resources have no names at cluster scope: only lists and watches over all namespaces.
  if (resource === undefined || (resource.namespaced && rest.length > 0)) throw noSuchResource();
  return found(resource, rest, undefined);
}

function subresourcesOf({kind, hasStatus}: Resource): readonly string[] {
  return [...(hasStatus ? ['status'] : []), ...(kind === 'Pod' ? ['eviction', 'exec', 'log'] : [])];
}

function found(
  resource: Resource,
  [name, subresource, ...more]: readonly string[],
  namespace: string | undefined,
): Route {
  const isKnown = subresource === undefined || subresourcesOf(resource).includes(subresource);
  if (more.length > 0 || !isKnown) throw noSuchResource();
  return {
    resource,
    ...(namespace === undefined ? {} : {namespace}),
    ...(name === undefined || name === '' ? {} : {name}),
    ...(subresource === undefined ? {} : {subresource}),
  };
}

import type {JsonObject} from '../json.ts';
import {apiVersions, resources} from './resources.ts';
import {reviewKinds} from './reviews.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const subresources: Readonly<Record<string, readonly JsonObject[]>> = {
  v1: [
    {
      name: 'pods/eviction',
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    },
    {name: 'pods/exec', kind: 'PodExecOptions', verbs: ['create', 'get']},
    {name: 'pods/log', kind: 'Pod', verbs: ['get']},
    {name: 'pods/status', kind: 'Pod', verbs: ['get', 'patch', 'update']},
  ],
};

/** The minor version of Kubernetes 1 that is emulated. */
export const MINOR = 34;

/** Handles the discovery paths; undefined for any other path. */
export function discovery(path: string, minor: number): JsonObject | undefined {
  switch (path) {
    case '/version':
      return {
        major: '1',
        minor: String(minor),
        gitVersion: `v1.${minor}.0-gc-dev-cluster`,
        gitCommit: '',
        gitTreeState: '',
        buildDate: '1970-01-01T00:00:00Z',
        goVersion: 'none',
        compiler: 'node',
        platform: 'linux/amd64',
      };
    case '/api':
      return {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1'}],
      };
    case '/apis':
      return {kind: 'APIGroupList', apiVersion: 'v1', groups: groupVersions.map(groupOf)};
    case '/openapi/v3':
      return {paths: Object.fromEntries(['v1', ...groupVersions].map(schemaLink))};
    default:
      return ofVersion(path);
  }
}

const groupVersions = [
  ...new Set([...apiVersions, ...reviewKinds.map(({apiVersion}) => apiVersion)]),
].filter(version => version !== 'v1');

const pathOf = (apiVersion: string): string =>
  apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`;

function ofVersion(path: string): JsonObject | undefined {
  for (const apiVersion of ['v1', ...groupVersions]) {
    const at = pathOf(apiVersion);
    if (path === `/${at}`) {
      return {
        kind: 'APIResourceList',
        ...(apiVersion === 'v1' ? {} : {apiVersion: 'v1'}),
        groupVersion: apiVersion,
        resources: resourceList(apiVersion),
      };
    }
    if (path === `/openapi/v3/${at}`) return openapi(apiVersion);
    if (apiVersion !== 'v1' && path === `/apis/${apiVersion.split('/')[0] ?? ''}`) {
      return {kind: 'APIGroup', apiVersion: 'v1', ...groupOf(apiVersion)};
    }
  }
  return undefined;
}

function groupOf(groupVersion: string): JsonObject {
  const [name = '', version = ''] = groupVersion.split('/');
  const served = {groupVersion, version};
  return {name, versions: [served], preferredVersion: served};
}

function resourceList(apiVersion: string): readonly JsonObject[] {
  const own = resources
    .filter(resource => resource.apiVersion === apiVersion)
    .map(({plural, singular, namespaced, kind, shortNames, categories}) => ({
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames.length > 0 ? {shortNames} : {}),
      ...(categories.length > 0 ? {categories} : {}),
    }));
  const reviews = reviewKinds
    .filter(review => review.apiVersion === apiVersion)
    .map(({kind, plural}) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced: false,
      kind,
      verbs: ['create'],
    }));
  const below = (subresources[apiVersion] ?? []).map(each => ({
    ...{singularName: '', namespaced: true},
    ...each,
  }));
  return [...own, ...reviews, ...below];
}

function schemaLink(apiVersion: string): [string, JsonObject] {
  const path = pathOf(apiVersion);
  return [path, {serverRelativeURL: `/openapi/v3/${path}`}];
}

/** kubectl reads the schema only to learn that the server validates fields. */
function openapi(apiVersion: string): JsonObject {
  const [group, version] = apiVersion === 'v1' ? ['', 'v1'] : apiVersion.split('/');
  const paths = resources
    .filter(resource => resource.apiVersion === apiVersion)
    .map(({plural, kind, namespaced}) => [
      `/${pathOf(apiVersion)}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`,
      {
        patch: {
          'x-kubernetes-group-version-kind': {group, version, kind},
          parameters: [{name: 'fieldValidation', in: 'query', schema: {type: 'string'}}],
          responses: {},
        },
      },
    ]);
  return {
    openapi: '3.0.0',
    info: {title: 'gc-dev-cluster', version: 'v1'},
    paths: Object.fromEntries(paths),
    components: {schemas: {}},
  };
}

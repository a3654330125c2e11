import type {JsonObject} from '../json.ts';
import {resources} from './resources.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const subresources = [
  {name: 'pods/exec', kind: 'PodExecOptions', verbs: ['create', 'get']},
  {name: 'pods/log', kind: 'Pod', verbs: ['get']},
  {name: 'pods/status', kind: 'Pod', verbs: ['get', 'patch', 'update']},
];
const authorization = 'authorization.k8s.io';

/** Answers the paths by which clients find out what the server has; undefined for any other. */
export function discovery(path: string): JsonObject | undefined {
  switch (path) {
    case '/version':
      return {
        major: '1',
        minor: '34',
        gitVersion: 'v1.34.0-gc-dev-cluster',
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
      return {kind: 'APIGroupList', apiVersion: 'v1', groups: [group()]};
    case `/apis/${authorization}`:
      return {kind: 'APIGroup', apiVersion: 'v1', ...group()};
    case '/api/v1':
      return {kind: 'APIResourceList', groupVersion: 'v1', resources: coreResources()};
    case `/apis/${authorization}/v1`:
      return {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: `${authorization}/v1`,
        resources: [review],
      };
    case '/openapi/v3':
      return {paths: {'api/v1': {serverRelativeURL: '/openapi/v3/api/v1'}}};
    case '/openapi/v3/api/v1':
      return openapi();
    default:
      return undefined;
  }
}

const review = {
  name: 'selfsubjectaccessreviews',
  singularName: 'selfsubjectaccessreview',
  namespaced: false,
  kind: 'SelfSubjectAccessReview',
  verbs: ['create'],
};

function group(): JsonObject {
  const version = {groupVersion: `${authorization}/v1`, version: 'v1'};
  return {name: authorization, versions: [version], preferredVersion: version};
}

function coreResources(): readonly JsonObject[] {
  const own = resources.map(({plural, singular, namespaced, kind, shortNames}) => ({
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 ? {shortNames} : {}),
  }));
  return [...own, ...subresources.map(each => ({singularName: '', namespaced: true, ...each}))];
}

/** kubectl asks the schema for one thing: that the server checks fields, so that it need not. */
function openapi(): JsonObject {
  const paths = resources.map(({plural, kind, namespaced}) => [
    namespaced ? `/api/v1/namespaces/{namespace}/${plural}/{name}` : `/api/v1/${plural}/{name}`,
    {
      patch: {
        'x-kubernetes-group-version-kind': {group: '', version: 'v1', kind},
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

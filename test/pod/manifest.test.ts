import {dump, load} from 'js-yaml';
import {describe, expect, it} from 'vitest';
import {runSettings} from '../../src/config/run-settings.ts';
import {podSettings} from '../../src/config/pod-settings.ts';
import {podEnvironment} from '../../src/pod/environment.ts';
import {podManifest} from '../../src/pod/manifest.ts';
import {podName} from '../../src/pod/names.ts';
import {PathMap} from '../../src/pod/paths.ts';
import {runPolicy} from '../../src/pod/run-policy.ts';
import entrypoint from '../../src/pod/scripts/entrypoint.sh';
import {mergeUnder} from '../../src/pod/template.ts';

const SECRET = 'planted-secret-value';
const SECRETS = {ANTHROPIC_API_KEY: SECRET, MY_TOKEN: SECRET, DB_PASSWORD: SECRET};

interface Facts {
  readonly session?: string;
  readonly settings?: Record<string, string>;
  readonly payload?: Record<string, string>;
  readonly oneShot?: boolean;
}

function pod({session = 'mayor', settings: given = {}, payload = {}, oneShot}: Facts = {}) {
  const settings = podSettings(given);
  const policy = runPolicy(runSettings(given), {isOneShot: oneShot === true, isBox: false});
  const full = {...payload, ...SECRETS};
  const paths = new PathMap(payload.GC_CITY);
  const environment = podEnvironment({
    session,
    payload: full,
    paths,
    workDirectory: paths.workDirectory(payload.GC_DIR),
    dolt: {host: 'dolt.gc.svc.cluster.local', port: settings.doltPort},
    mail: undefined,
  });
  const image = 'registry.example.com/gc-agent:1';
  const base = {session, name: podName(session), namespace: 'gc', startId: 'start-id'};
  return podManifest({...base, image, payload: full, environment, paths, settings, policy});
}

const SCHEDULING = {
  GC_K8S_NODE_SELECTOR: '{"disk":"ssd"}',
  GC_K8S_TOLERATIONS: '[{"key":"agents","operator":"Exists"}]',
  GC_K8S_AFFINITY: '{"podAntiAffinity":{}}',
  GC_K8S_PRIORITY_CLASS_NAME: 'low',
  GC_K8S_RUNTIME_CLASS_NAME: 'gvisor',
  GC_K8S_IMAGE_PULL_POLICY: 'IfNotPresent',
  GC_K8S_IMAGE_PULL_SECRETS: 'one, two',
  GC_K8S_CPU_REQUEST: '250m',
  GC_K8S_MEM_LIMIT: '8Gi',
};

const TEMPLATE = {
  metadata: {labels: {team: 'a', app: 'other'}, annotations: {note: 'x'}},
  spec: {
    restartPolicy: 'Always',
    dnsPolicy: 'Default',
    containers: [
      {name: 'proxy', image: 'proxy:1'},
      {name: 'agent', image: 'other', env: [{name: 'EXTRA', value: 'x'}], tty: true},
    ],
    volumes: [{name: 'cache', emptyDir: {}}],
  },
};

const VARIANTS: Readonly<Record<string, () => object>> = {
  default: () => pod(),
  restricted: () => pod({settings: {GC_K8S_POD_SECURITY: 'restricted'}}),
  'run-as-user': () => pod({settings: {GC_K8S_RUN_AS_USER: '1000'}}),
  'workspace-claim': () =>
    pod({settings: {GC_K8S_WORKSPACE_PVC: 'work', GC_K8S_WORKSPACE_ROOT: '/data'}}),
  'one-shot': () => pod({oneShot: true, settings: {GC_K8S_TIMEOUT: '90'}}),
  prebaked: () => pod({settings: {GC_K8S_PREBAKED: 'true'}, payload: {GC_CITY: '/home/u/city'}}),
  scheduling: () => pod({settings: SCHEDULING}),
  'agent-kubeconfig': () =>
    pod({
      settings: {GC_K8S_AGENT_KUBECONFIG_SECRET: 'agent-kubeconfig'},
      payload: {KUBECONFIG: '/home/u/.kube/config'},
    }),
  'env-from-secret': () =>
    pod({settings: {GC_K8S_ENV_FROM_SECRET: 'model-keys, proxy', GC_K8S_READ_ONLY: 'true'}}),
  storage: () => pod({settings: {GC_K8S_STORAGE_REQUEST: '1Gi', GC_K8S_STORAGE_LIMIT: '10Gi'}}),
  'workspace-size': () => pod({settings: {GC_K8S_WORKSPACE_SIZE: '20Gi'}}),
  'service-account': () => pod({settings: {GC_K8S_SERVICE_ACCOUNT: 'gc-agent'}}),
  city: () =>
    pod({
      session: 'City/rig.polecat-1',
      payload: {
        GC_CITY: '/home/u/city',
        GC_DIR: '/home/u/city/rigs/a',
        GC_ALIAS: 'City/polecat',
        BEADS_DIR: '/home/u/city/rigs/a/.beads',
        GC_DOLT_PORT: '1',
      },
    }),
  'awkward-environment': () =>
    pod({payload: {A: '$(PATH) $$ ${X}', B: 'two\nlines\n', C: `"q" 'q'`, D: 'é: [x] # y', E: ''}}),
  template: () => mergeUnder(TEMPLATE, pod()),
};

describe('the pod', () => {
  it.each(Object.keys(VARIANTS))('%s is as shown, and holds no secret', async variant => {
    const made = VARIANTS[variant]?.();
    const yaml = dump(made, {sortKeys: true, lineWidth: -1, noRefs: true});
    expect(yaml).not.toContain(SECRET);
    expect(load(yaml)).toEqual(JSON.parse(JSON.stringify(made)));
    await expect(yaml).toMatchFileSnapshot(`../golden/pods/${variant}.yaml`);
  });

  it('gives the container its command and values as Kubernetes will expand them', () => {
    // As k8s.io/kubernetes third_party/forked/golang/expansion reads "$".
    const expanded = (text = '') =>
      text.replaceAll(/\$(\$|\([^)]*\))/g, (_, next: string) => (next === '$' ? '$' : 'EXPANDED'));
    const [agent] = pod({payload: {A: '$(PATH) $$(HOME) $x'}}).spec?.containers ?? [];
    expect(expanded(agent?.env?.find(({name}) => name === 'A')?.value)).toBe('$(PATH) $$(HOME) $x');
    expect(expanded(agent?.command?.[2])).toBe(entrypoint);
  });

  it('is named, labelled and annotated for its session', () => {
    const {metadata} = pod({session: 'City/A.b', payload: {GC_AGENT: 'coder'}});
    expect(metadata.name).toBe(podName('City/A.b'));
    expect(metadata.labels).toEqual({
      app: 'gc-agent',
      'gc-session': 'City-A.b',
      'gc-agent': 'coder',
    });
    expect(metadata.annotations).toMatchObject({'gc-session-name': 'City/A.b'});
  });

  it('never mounts two volumes at one place', () => {
    const claim = {GC_K8S_WORKSPACE_PVC: 'work', GC_K8S_WORKSPACE_ROOT: '/home/u/city'};
    for (const settings of [claim, {...claim, GC_K8S_WORKSPACE_ROOT: '/workspace'}]) {
      const {spec} = pod({settings, payload: {GC_CITY: '/home/u/city'}});
      const places = spec?.containers[0]?.volumeMounts?.map(({mountPath}) => mountPath) ?? [];
      expect(new Set(places).size).toBe(places.length);
    }
  });
});

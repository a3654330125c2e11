import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {V1CronJob, V1Pod, V1StatefulSet} from '@kubernetes/client-node';
import {beforeAll, expect, it} from 'vitest';
import {skipped} from '../../kit/unless.ts';
import {succeeded} from '../kit/playground.ts';
import type {Ran} from '../kit/process.ts';
import {objectsOf, type KubernetesObject} from './dolt.ts';
import {
  CHART,
  describeWithHelm,
  kubectl,
  MANIFESTS,
  run,
  tryKubectl,
  withDirectory,
} from './kit.ts';
import {writeSchemas} from './schemas.ts';

const {KUBECONFORM = ''} = process.env;

/** The values files with what each asks for besides. */
const VALUES = {
  'values.yaml': [],
  'values-dev.yaml': [],
  'values-prod.yaml': ['--set=dolt.rootPassword.existingSecret=dolt-root'],
} as const;
const EVERYTHING = [
  ...['--set=controller.enabled=true', '--set=settings.GC_K8S_IMAGE=gc-agent:0.1.0'],
  ...['--set=dolt.backup.enabled=true', '--set=dolt.podDisruptionBudget.enabled=true'],
  ...['--set=secrets.doltRootPassword=p', '--set=secrets.gitToken=t'],
  ...['--set=secrets.registry.server=r.example.com', '--set=secrets.claudeCredentials.a=b'],
  '--set=networkPolicy.agentEgress.ports={22,443}',
  '--set-json=rbac.operators=[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"me"}]',
];

describeWithHelm('the chart', helmPath => {
  const helm = (...args: string[]): Promise<Ran> => run(helmPath, args);
  const render = async (args: readonly string[], namespace = 'default') => {
    const {serverVersion} = JSON.parse(await kubectl(['version', '-o', 'json'])) as {
      serverVersion: {gitVersion: string};
    };
    const version = `--kube-version=${serverVersion.gitVersion}`;
    return helm('template', 'city', CHART, `--namespace=${namespace}`, version, ...args);
  };
  /** The objects of a render whose values come from a file: Helm reads numbers there as floats. */
  const renderValues = (values: object, ...args: string[]) =>
    withDirectory(async directory => {
      const file = join(directory, 'values.json');
      writeFileSync(file, JSON.stringify(values));
      return render([`--values=${file}`, ...args], 'gc');
    });
  const renderedObjects = async (values: object, ...args: string[]) =>
    objectsOf(succeeded(await renderValues(values, ...args)).stdout);
  const podOf = async (name: string, values: object) => {
    const pod = (await renderedObjects(values)).get(`Pod/${name}`) as V1Pod | undefined;
    return {spec: pod?.spec, container: pod?.spec?.containers[0]};
  };
  const renders: Record<string, string> = {};

  beforeAll(async () => {
    for (const [file, more] of Object.entries(VALUES))
      renders[file] = succeeded(await render([`--values=${join(CHART, file)}`, ...more])).stdout;
    renders.everything = succeeded(await render(EVERYTHING)).stdout;
  });

  it('passes helm lint', async () => {
    for (const [file, more] of Object.entries(VALUES))
      succeeded(await helm('lint', '--strict', CHART, `--values=${join(CHART, file)}`, ...more));
  });

  it('is the manifests', async () => {
    const namespace = ['--set=namespace.create=true'];
    const chart = objectsOf(succeeded(await render(namespace, 'gc')).stdout);
    const kustomized = objectsOf(await kubectl(['kustomize', MANIFESTS]));
    expect(bare(chart)).toEqual(bare(kustomized));
  });

  it('has the manifests’ controller', async () => {
    const text = readFileSync(join(MANIFESTS, 'controller-deployment.yaml'), 'utf8');
    const controller = [
      '--set=controller.enabled=true',
      '--set=settings.GC_K8S_IMAGE=gc-agent:0.1.0',
    ];
    const chart = bare(objectsOf(succeeded(await render(controller, 'gc')).stdout));
    // The chart has more settings, and restarts gc when they change.
    expect(chart).toMatchObject(bare(objectsOf(text)));
  });

  it.each([
    ['dolt.maxConnections=many', /maxConnections.*integer/],
    ['settings.GC_K8S_IMAG=x', /GC_K8S_IMAG/],
    ['dolt.persistence.size=large', /size/],
    ['dolt.volume=1', /volume/],
    ['dolt.rootPassword.required=true', /no password is given: make a Secret/],
    ['controller.enabled=true', /GC_K8S_IMAGE is empty/],
  ])('refuses --set %s and says why', async (value, why) => {
    const {code, stderr} = await render(['--set', value]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(why);
  });

  it('writes large numbers of a values file in full', async () => {
    const {stdout} = succeeded(
      await renderValues({
        settings: {GC_K8S_IMAGE: 'a', GC_K8S_RUN_AS_USER: 1_000_650_000, GC_K8S_TIMEOUT: 1_000_000},
        dolt: {maxConnections: 2_000_000},
        eventCleanup: {keep: 3_000_000},
        runCleanup: {keep: 4_000_000},
        controller: {enabled: true},
      }),
    );
    const numbers = [/^ +GC_K8S_RUN_AS_USER: "1000650000"$/m, /^ +GC_K8S_TIMEOUT: "1000000"$/m];
    const elsewhere = [/^ +runAsUser: 1000650000$/m, /--max-connections=2000000$/m];
    const keeps = [/EVENTS_KEEP, value: "3000000"/, /RETENTION_COUNT, value: "4000000"/];
    for (const number of [...numbers, ...elsewhere, ...keeps]) expect(stdout).toMatch(number);
    expect(stdout).not.toMatch(/\de\+\d/);
  });

  it('tells settings of a values file in the notes in full', async () => {
    const args = ['--dry-run=client', '--set=controller.enabled=false'];
    const notes = await withDirectory(async directory => {
      const file = join(directory, 'values.json');
      writeFileSync(file, JSON.stringify({settings: {GC_K8S_RUN_AS_USER: 1_000_650_000}}));
      return helm('install', 'city', CHART, ...args, `--values=${file}`);
    });
    expect(succeeded(notes).stdout).toContain("export GC_K8S_RUN_AS_USER='1000650000'\n");
  });

  it('tests the agents’ image in a pod like theirs', async () => {
    const affinity = {nodeAffinity: {}};
    const settings = {
      ...{GC_K8S_IMAGE: 'a', GC_K8S_CPU_REQUEST: '', GC_K8S_MEM_LIMIT: '2Gi'},
      ...{GC_K8S_STORAGE_LIMIT: '10Gi', GC_K8S_WORKSPACE_PVC: 'claim'},
      GC_K8S_IMAGE_PULL_SECRETS: 'one, two',
      GC_K8S_NODE_SELECTOR: '{"pool":"agents"}',
      GC_K8S_TOLERATIONS: '[{"key":"agents","operator":"Exists"}]',
      GC_K8S_AFFINITY: JSON.stringify(affinity),
      ...{GC_K8S_PRIORITY_CLASS_NAME: 'low', GC_K8S_RUNTIME_CLASS_NAME: 'gvisor'},
    };
    const pod = await podOf('gc-k8s-test-agent', {settings, imagePullSecrets: ['dolts']});
    expect(pod.spec).toMatchObject({
      imagePullSecrets: [{name: 'one'}, {name: 'two'}],
      nodeSelector: {pool: 'agents'},
      tolerations: [{key: 'agents', operator: 'Exists'}],
      affinity,
      ...{priorityClassName: 'low', runtimeClassName: 'gvisor'},
    });
    expect(pod.container?.resources).toEqual({
      requests: {cpu: '500m', memory: '1Gi'},
      limits: {cpu: 2, memory: '2Gi', 'ephemeral-storage': '10Gi'},
    });
  });

  it('asks in its test of Dolt, and in backups, for what the values say', async () => {
    const resources = {requests: {cpu: '10m', memory: '64Mi'}, limits: {cpu: '1', memory: '1Gi'}};
    const given = {tests: {resources}, dolt: {backup: {enabled: true, resources}}};
    const pod = await podOf('gc-k8s-test-dolt', given);
    expect(pod.container?.resources).toEqual(resources);
    expect((await podOf('gc-k8s-test-dolt', {})).container?.resources).toMatchObject({
      requests: {cpu: expect.any(String) as unknown, memory: expect.any(String) as unknown},
      limits: {cpu: expect.any(String) as unknown, memory: expect.any(String) as unknown},
    });
    const backup = (await renderedObjects(given)).get('CronJob/dolt-backup') as V1CronJob;
    const [container] = backup.spec?.jobTemplate.spec?.template.spec?.containers ?? [];
    expect(container?.resources).toEqual(resources);
  });

  it.each([
    [{GC_K8S_NODE_SELECTOR: 'pool=agents'}, /GC_K8S_NODE_SELECTOR=pool=agents is no JSON object/],
    [{GC_K8S_TOLERATIONS: '{"key":1}'}, /GC_K8S_TOLERATIONS={"key":1} is no JSON array/],
  ])('refuses settings %j and says why', async (settings, why) => {
    const {code, stderr} = await renderValues({settings: {GC_K8S_IMAGE: 'a', ...settings}});
    expect([code, stderr]).toEqual([1, expect.stringMatching(why)]);
  });

  it('restarts Dolt when the password of its values changes, and tells pods no hash to try words on', async () => {
    const annotation = async (values: object) => {
      const set = (await renderedObjects(values)).get('StatefulSet/dolt') as V1StatefulSet;
      return set.spec?.template.metadata?.annotations?.['gc-k8s/root-password'];
    };
    const one = await annotation({secrets: {doltRootPassword: 'one'}});
    expect(one).toMatch(/^\w{16}$/);
    expect(await annotation({secrets: {doltRootPassword: 'one'}})).toBe(one);
    expect(await annotation({secrets: {doltRootPassword: 'two'}})).not.toBe(one);
    expect(createHash('sha256').update('one').digest('hex')).not.toContain(one);
    expect(await annotation({})).toBeUndefined();
    const rootPassword = {existingSecret: 'other'};
    const own = {dolt: {rootPassword}, secrets: {doltRootPassword: 'one'}};
    expect(await annotation(own)).toBeUndefined();
  });

  it('makes Secrets only from values, and nothing of the whole cluster', () => {
    expect(renders['values.yaml']).not.toMatch(/^kind: (Secret|Cluster\w+|Namespace|Ingress)/m);
    expect(renders['values-prod.yaml']).not.toMatch(/^kind: Secret/m);
    expect(renders.everything?.match(/^kind: Secret/gm)).toHaveLength(4);
    for (const text of Object.values(renders)) expect(text).not.toMatch(/:latest|sleep infinity/);
  });

  it('fits the API of the cluster, by kubeconform', async context => {
    if (KUBECONFORM === '') skipped(context, 'KUBECONFORM names no executable');
    await withDirectory(async directory => {
      const flags = ['-strict', '-summary', '-schema-location', await writeSchemas(directory)];
      const kubeconform = (stdin: string) => run(KUBECONFORM, flags, {stdin});
      for (const [name, text] of Object.entries(renders)) {
        const {stdout, stderr} = await kubeconform(text);
        expect(stdout + stderr, name).toContain('Invalid: 0, Errors: 0, Skipped: 0');
      }
      const broken = renders['values.yaml']?.replace('replicas: 1', 'replica: 1') ?? '';
      expect((await kubeconform(broken)).stdout).toContain("'replica'");
    });
  });

  it.each([...Object.keys(VALUES), 'everything'])('is taken by the server: %s', async name => {
    const text = [...objectsOf(renders[name] ?? '').values()].map(object => JSON.stringify(object));
    const said = await tryKubectl(['apply', '--dry-run=server', '-f', '-'], text.join('\n---\n'));
    expect([name, said.code, said.stderr]).toEqual([name, 0, '']);
  });
});

/** The objects without what Helm adds to them. */
function bare(objects: ReadonlyMap<string, KubernetesObject>): Record<string, object> {
  const HELMS = /^(helm\.sh\/chart|app\.kubernetes\.io\/(instance|version|managed-by))$/;
  const without = (record: Record<string, string> = {}, pattern: RegExp) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !pattern.test(name)));
  const own = [...objects].filter(
    ([, {metadata}]) => !('helm.sh/hook' in (metadata.annotations ?? {})),
  );
  return Object.fromEntries(
    own.map(([name, object]) => {
      const {annotations, labels, ...metadata} = object.metadata;
      const kept = {
        labels: without(labels, HELMS),
        annotations: without(annotations, /^helm\.sh\//),
      };
      return [name, {...object, metadata: {...metadata, ...kept}}];
    }),
  );
}

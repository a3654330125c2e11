import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, it} from 'vitest';
import {skipped} from '../../kit/unless.ts';
import {succeeded} from '../kit/playground.ts';
import {chartWith, EVERYTHING, VALUES} from './chart.ts';
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

describeWithHelm('the chart', helmPath => {
  const {helm, render} = chartWith(helmPath);
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
    const files = ['controller-claim.yaml', 'controller-deployment.yaml'];
    const text = files.map(file => readFileSync(join(MANIFESTS, file), 'utf8')).join('---\n');
    const controller = [
      '--set=controller.enabled=true',
      '--set=settings.GC_K8S_IMAGE=gc-agent:0.1.0',
    ];
    const chart = bare(objectsOf(succeeded(await render(controller, 'gc')).stdout));
    // The chart has more settings, and restarts gc when they change.
    expect(chart).toMatchObject(bare(objectsOf(text)));
  });

  it('has the manifests’ server of metrics, when it is wanted', async () => {
    const metrics = bare(objectsOf(readFileSync(join(MANIFESTS, 'metrics.yaml'), 'utf8')));
    const without = bare(objectsOf(succeeded(await render([], 'gc')).stdout));
    const chart = succeeded(await render(['--set=metrics.enabled=true'], 'gc')).stdout;
    expect(bare(objectsOf(chart))).toEqual({...without, ...metrics});
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
